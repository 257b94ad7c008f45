import BotModules
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
        "properties": [
            "account_id": accountID, "platform": choice(Platform.self), "at": moment,
            "trouble": [
                "type": ["string", "null"], "minLength": 1, "maxLength": .integer(Heartbeat.troubleLengthMax),
                "description": "Why the chat is not heard; absent when it is.",
            ],
        ],
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
            "breakers": [
                "type": ["array", "null"], "maxItems": .integer(Report.breakersMax), "items": breaker,
            ],
        ],
    ]

    static let backtest: JSON = [
        "type": "object", "required": ["config", "messages"], "additionalProperties": false,
        "properties": [
            "config": moduleConfig, "exempt_roles": ref("ExemptRoles"),
            "messages": [
                "type": "array", "maxItems": .integer(BacktestRequest.messagesMax), "items": message,
                "description": "In the order in which they were sent.",
            ],
        ],
    ]

    private static let message: JSON = [
        "type": "object", "required": ["platform", "channel_id", "message_id", "user", "text", "sent_at"],
        "properties": [
            "platform": choice(Platform.self),
            "account_id": [
                "type": ["string", "null"], "pattern": .string(AccountID.pattern),
                "description": "The caller's own when absent.",
            ],
            "channel_id": id, "message_id": id, "user": user,
            "text": ["type": "string", "maxLength": .integer(ChatMessage.textLengthMax)],
            "fragments": [
                "type": ["array", "null"], "maxItems": 2000,
                "description": "Pieces that add up to text: {type: text, emote or mention, text}.",
            ],
            "sent_at": moment, "edited": ["type": ["boolean", "null"]],
        ],
    ]

    private static let hits: JSON = [
        "type": "object", "required": ["hits", "by_module", "by_rule", "by_action"], "additionalProperties": false,
        "properties": [
            "hits": number, "by_module": counts, "by_rule": counts, "by_action": counts,
        ],
    ]
    private static let counts: JSON = ["type": "object", "additionalProperties": number]

    private static let verdict: JSON = [
        "type": ["object", "null"],
        "required": ["module", "rule", "matched", "action", "duration_seconds", "reason"],
        "properties": [
            "module": choice(ModuleName.self), "rule": ["type": "string"], "matched": ["type": ["object", "null"]],
            "action": ["type": "string"], "duration_seconds": ["type": ["integer", "null"]],
            "reason": ["type": "string"],
        ],
    ]

    private static let backtested: JSON = [
        "type": "object", "required": ["messages", "differing", "proposed", "current", "differences"],
        "additionalProperties": false,
        "properties": [
            "messages": number, "differing": number, "proposed": hits, "current": hits,
            "differences": [
                "type": "array", "maxItems": .integer(Backtest.differencesKeptMax),
                "description": "The first of those that would be treated otherwise than now.",
                "items": [
                    "type": "object",
                    "required": ["message_id", "platform", "channel_id", "user", "text", "verdict", "against"],
                    "properties": [
                        "message_id": ["type": "string"], "platform": choice(Platform.self),
                        "channel_id": ["type": "string"], "user": ["type": "string"], "text": ["type": "string"],
                        "verdict": verdict, "against": verdict,
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
        .init("ModerationLine", line), .init("Backtest", backtested),
        .init(
            "Reported",
            [
                "type": "object", "required": ["heartbeats", "moderation", "breakers"], "additionalProperties": false,
                "properties": [
                    "heartbeats": ["type": "integer", "minimum": 0], "moderation": ["type": "integer", "minimum": 0],
                    "breakers": ["type": "integer", "minimum": 0],
                ],
            ]),
    ]
}
