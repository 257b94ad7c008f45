import Domain

/// The log of all events, and what it proves. Hashes are in base64, as checkpoints have them.
extension Schemas {
    static let auditLog: [JSON.Member] = [
        .init("AuditLog", log), .init("LogRotation", rotation), .init("LogWitness", witness),
        .init("EventProof", proof), .init("ConsistencyProof", consistency),
        .init("DocumentChange", documentChange), .init("FieldChange", fieldChange),
        .init("CausingEvent", causingEvent),
    ]

    private static let hash: JSON = ["type": "string", "pattern": "^[A-Za-z0-9+/]{43}=$"]
    private static let hashes: JSON = ["type": "array", "items": hash, "maxItems": 128]
    private static let size: JSON = ["type": "integer", "minimum": 0, "description": "Events in the log."]
    private static let note: JSON = ["type": "string", "description": "A signed note (C2SP signed-note)."]

    private static let log = object([
        "origin": ["type": ["string", "null"], "description": "The log's name, the first line of its checkpoints."],
        "key": ["type": ["string", "null"], "description": "The public key that signs, as signed notes write it."],
        "size": size, "root": ["type": ["string", "null"], "description": "Of the tree over all events, in base64."],
        "checkpoint": ["type": ["string", "null"], "description": "The newest, signed."],
        "cosigned_checkpoint": ["type": ["string", "null"], "description": "The newest that witnesses have signed."],
        "problem": ["type": ["string", "null"], "description": "Why nothing is signed now."],
        "rotations": ["type": "array", "items": ref("LogRotation")],
        "witnesses": ["type": "array", "items": ref("LogWitness")],
    ])

    private static let rotation = object([
        "position": ["type": "integer", "minimum": 1], "previous_key": ["type": "string"], "key": ["type": "string"],
        "handover": [
            "type": ["string", "null"], "description": "A note of the previous key's that names the new one.",
        ],
    ])

    private static let witness = object([
        "url": ["type": "string"], "name": nullableString,
        "size": ["type": ["integer", "null"], "minimum": 0, "description": "What it has signed last."],
        "signed_at": nullableTime,
        "problem": ["type": ["string", "null"], "description": "Why it does not sign now."],
    ])

    private static let proof = object([
        "position": ["type": "integer", "minimum": 1],
        "entry": ["type": "string", "description": "One line of JSON: what the leaf is the hash of."],
        "data": ["type": "string", "description": "The event's data, byte for byte as stored."],
        "metadata": ["type": "string", "description": "The event's metadata, byte for byte as stored."],
        "leaf_hash": hash, "size": size, "root": hash, "path": hashes, "checkpoint": note,
        "tlog_proof": ["type": "string", "description": "The same for other tools (C2SP tlog-proof)."],
    ])

    private static let documentChange = object([
        "kind": ["type": "string", "description": "Of the document, as in bot or bot_module."],
        "key": ["type": "string", "description": "Which one, as in acct_1:twitch."], "stream": ["type": "string"],
        "change": [
            "enum": .array(AuditDiffRoutes.Change.allCases.map { .string($0.rawValue) }),
            "description": "same: it ended as it began.",
        ],
        "fields": ["type": "array", "items": ref("FieldChange")],
        "events": ["type": "array", "items": ref("CausingEvent")],
    ])

    private static let fieldChange = object([
        "path": [
            "type": "string", "description": "With dots, as in config.blocked_words; empty: the whole document.",
        ],
        "before": ["description": "Any value; null when there was none."],
        "after": ["description": "Any value; null when there is none."],
    ])

    private static let causingEvent = object([
        "position": ["type": "integer", "minimum": 1], "type": ["type": "string"], "recorded_at": moment,
        "actor": ["type": ["string", "null"], "description": "By id."],
        "actor_name": ["type": "string", "description": "As people know them."],
        "sentence": ["type": "string", "description": "As in: paused the bot of acct_1 on twitch."],
        "reason": nullableString, "source": nullableString,
    ])

    private static let consistency = object([
        "from": size, "from_root": hash, "to": size, "to_root": hash, "path": hashes,
    ])
}
