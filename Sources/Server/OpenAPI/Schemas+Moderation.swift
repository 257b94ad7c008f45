import Domain

/// The schemas of what workers report and what the moderation log tells.
extension Schemas {
    private static func text(lengthMax: Int) -> JSON {
        ["type": ["string", "null"], "maxLength": .integer(lengthMax)]
    }
    private static let id: JSON = ["type": "string", "minLength": 1, "maxLength": 256]
    private static let nullableID: JSON = ["type": ["string", "null"], "maxLength": 256]
    private static let accountID: JSON = ["type": "string", "pattern": .string(AccountID.pattern)]
    private static let recordText = text(lengthMax: ModerationRecord.textLengthMax)
    private static let number: JSON = ["type": "integer", "minimum": 0, "maximum": 2_147_483_647]

    static let heartbeat: JSON = [
        "type": "object", "required": ["account_id", "platform", "at"], "additionalProperties": false,
        "properties": ["account_id": accountID, "platform": choice(Platform.self), "at": moment],
    ]

    static let user: JSON = [
        "type": "object", "required": ["id"],
        "properties": [
            "id": id, "login": nullableID, "name": nullableID,
            "roles": [
                "type": ["array", "null"], "maxItems": 100,
                "description": "broadcaster, moderator, vip, subscriber, own_bot, bot; others mean nothing.",
            ],
        ],
    ]

    private static let matched: JSON = [
        "type": ["object", "null"], "required": ["text", "start", "end"],
        "description": "What was found; start and end are UTF-8 bytes of the text.",
        "properties": [
            "text": ["type": "string", "maxLength": .integer(ModerationRecord.textLengthMax)], "start": number,
            "end": number,
        ],
    ]

    private static let recordProperties: [JSON.Member] = [
        .init("at", moment),
        .init("worker", ["type": "string", "minLength": 1, "maxLength": .integer(Acknowledgement.workerLengthMax)]),
        .init("platform", choice(Platform.self)), .init("account_id", accountID), .init("channel_id", id),
        .init("message_id", nullableID), .init("user", user), .init("text", recordText), .init("module", id),
        .init("rule", nullableID), .init("matched", matched), .init("action", choice(ChatAction.Name.self)),
        .init(
            "duration_seconds", ["type": ["integer", "null"], "minimum": 0, "maximum": 2_147_483_647]),
        .init("reason", recordText), .init("outcome", choice(ModerationRecord.Outcome.self)),
        .init("problem", recordText),
    ]

    static let report: JSON = [
        "type": "object", "required": ["worker"], "additionalProperties": false,
        "properties": [
            "worker": ["type": "string", "minLength": 1, "maxLength": .integer(Acknowledgement.workerLengthMax)],
            "heartbeats": [
                "type": ["array", "null"], "maxItems": .integer(Report.heartbeatsMax), "items": heartbeat,
            ],
            "moderation": [
                "type": ["array", "null"], "maxItems": .integer(Report.moderationMax),
                "items": [
                    "type": "object", "additionalProperties": false, "properties": .object(recordProperties),
                    "required": [
                        "at", "worker", "platform", "account_id", "channel_id", "user", "module", "action", "outcome",
                    ],
                ],
            ],
        ],
    ]

    private static let line: JSON = [
        "type": "object", "additionalProperties": false,
        "required": .array((["id"] + recordProperties.map(\.name)).map { .string($0) }),
        "properties": .object(
            [.init("id", ["type": "integer", "description": "Grows from line to line; where to go on."])]
                + recordProperties),
    ]

    /// By name, for `components.schemas`.
    static let moderation: [JSON.Member] = [
        .init("ModerationLine", line),
        .init(
            "Reported",
            [
                "type": "object", "required": ["heartbeats", "moderation"], "additionalProperties": false,
                "properties": [
                    "heartbeats": ["type": "integer", "minimum": 0], "moderation": ["type": "integer", "minimum": 0],
                ],
            ]),
    ]
}
