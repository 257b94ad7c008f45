import Domain

/// The difference of two moments.
extension Schemas {
    static let documentChange = object([
        "kind": ["type": "string", "description": "Of the document, as in bot or bot_module."],
        "key": ["type": "string", "description": "Which one, as in acct_1:twitch."], "stream": ["type": "string"],
        "change": [
            "enum": .array(AuditDiffRoutes.Change.allCases.map { .string($0.rawValue) }),
            "description": "same: it ended as it began.",
        ],
        "fields": ["type": "array", "items": ref("FieldChange")],
        "events": ["type": "array", "items": ref("CausingEvent")],
    ])

    static let fieldChange = object([
        "path": [
            "type": "string", "description": "With dots, as in config.blocked_words; empty: the whole document.",
        ],
        "before": ["description": "Any value; null when there was none."],
        "after": ["description": "Any value; null when there is none."],
    ])

    static let causingEvent = object([
        "position": ["type": "integer", "minimum": 1], "type": ["type": "string"], "recorded_at": moment,
        "actor": ["type": ["string", "null"], "description": "By id."],
        "actor_name": ["type": "string", "description": "As people know them."],
        "sentence": ["type": "string", "description": "As in: paused the bot of acct_1 on twitch."],
        "reason": nullableString, "source": nullableString,
    ])
}
