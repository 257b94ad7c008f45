import BotModules
import Domain
import Runtime

/// The JSON Schemas of what the API takes and gives (draft 2020-12, as OpenAPI 3.1 uses it).
enum Schemas {
    static func ref(_ name: String) -> JSON { ["$ref": .string("#/components/schemas/\(name)")] }

    static func text(_ lengthMax: Int, _ description: String) -> JSON {
        [
            "type": "string", "minLength": 1, "maxLength": .integer(lengthMax), "pattern": .string(labelPattern),
            "description": .string(description),
        ]
    }

    static func nullableText(_ lengthMax: Int, _ description: String) -> JSON {
        [
            "type": ["string", "null"], "minLength": 1, "maxLength": .integer(lengthMax),
            "pattern": .string(labelPattern), "description": .string(description),
        ]
    }

    /// No control characters, and something besides spaces.
    private static let labelPattern = #"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"#

    static let changeIDPattern = "^(0|[1-9][0-9]{0,17})-(0|[1-9][0-9]{0,8})$"
    static let changeID: JSON = ["type": "string", "pattern": .string(changeIDPattern)]
    static let nullableChangeID: JSON = ["type": ["string", "null"], "pattern": .string(changeIDPattern)]
    /// Open: a program that does not know one yet must not stumble over it.
    static let kind: JSON = [
        "type": "string", "pattern": .string(DocumentKind.pattern),
        "description": .string(
            DocumentKind.known.map(\.rawValue).joined(separator: ", ") + ", or one that is new: leave it alone."),
    ]
    static let moment: JSON = ["type": "string", "format": "date-time"]

    static func nullableMoment(_ description: String) -> JSON {
        ["type": ["string", "null"], "format": "date-time", "description": .string(description)]
    }

    static func choice<Value: RawRepresentable<String> & CaseIterable>(_ type: Value.Type) -> JSON {
        ["type": "string", "enum": .array(type.allCases.map { .string($0.rawValue) })]
    }

    static func nullableChoice<Value: RawRepresentable<String> & CaseIterable>(_ type: Value.Type) -> JSON {
        ["type": ["string", "null"], "enum": .array(type.allCases.map { .string($0.rawValue) } + [.null])]
    }

    static let ownLimit: JSON = [
        "type": ["boolean", "null"], "description": "The account's own limit; null for the plan's.",
    ]

    static let nullableString: JSON = ["type": ["string", "null"]]
    static let nullableTime: JSON = ["type": ["string", "null"], "format": "date-time"]
    static let revision: JSON = [
        "type": "integer", "minimum": -1, "description": "Of the entity's stream; -1: no events yet.",
    ]
    private static let count: JSON = ["type": "integer", "minimum": 0]

    /// An object in which every member is always there.
    static func object(_ properties: JSON) -> JSON {
        [
            "type": "object", "required": .array((properties.members ?? []).map { .string($0.name) }),
            "additionalProperties": false, "properties": properties,
        ]
    }

    /// The settings of a module: those of the one that the path names.
    static let moduleConfig: JSON = [
        "anyOf": .array(ModuleName.allCases.map { ref(configName($0)) } + [["type": "null"]]),
        "default": .emptyObject,
        "description": "The settings of the module that the path names; every field is optional.",
    ]

    private static func configName(_ module: ModuleName) -> String {
        module.rawValue.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined() + "Config"
    }

    private static let moduleConfigs: [JSON.Member] = ModuleName.allCases.map { module in
        let members = ModuleSchemas.config(of: module).members ?? []
        return JSON.Member(configName(module), .object(members.filter { $0.name != "$schema" }))
    }

    /// By name, as `components.schemas` has them.
    static let all: JSON = .object((own.members ?? []) + moderation + extensions + auditLog + webhooks + moduleConfigs)

    private static let own: JSON = [
        "BotStatus": object([
            "account_id": ["type": "string"], "account_name": ["type": "string"], "platform": choice(Platform.self),
            "status": choice(BotStatus.self), "effective": choice(EffectiveState.self),
            "paused_reason": nullableString, "paused_until": nullableTime, "paused_by": nullableString,
            "last_heartbeat_at": nullableTime,
            "hearing": [
                "type": ["string", "null"], "enum": .array(Hearing.allCases.map { .string($0.rawValue) } + [.null]),
                "description": """
                Of a bot that runs: live, events flow; deaf, it cannot hear its chat; silent, no worker has spoken of \
                it for six minutes. null for a bot that does not run, and in the past.
                """,
            ],
            "deaf_reason": nullableString, "updated_at": nullableTime, "revision": revision,
        ]),
        "BulkSwitch": object([
            "count": count, "already": count, "hash": ["type": "string", "pattern": "^[0-9a-f]{64}$"],
            "sample": [
                "type": ["array", "null"], "maxItems": 10, "items": ref("BotStatus"),
                "description": "Of a preview: some of the bots.",
            ],
            "rows": [
                "type": ["array", "null"], "items": ref("BulkRow"), "description": "What has become of each bot.",
            ],
            "failed": ["type": ["integer", "null"], "minimum": 0],
        ]),
        "BulkRow": [
            "type": "object", "required": ["account_id", "platform", "changed"],
            "properties": [
                "account_id": ["type": "string"], "platform": choice(Platform.self), "changed": ["type": "boolean"],
                "position": ["type": "integer", "minimum": 0],
                "error": object(["code": ["type": "string"], "message": ["type": "string"]]),
            ],
        ],
        "BotModule": object([
            "kind": ["const": "builtin"], "install_id": ["type": "null"],
            "id": ["type": "string"], "account_id": ["type": "string"], "module_name": choice(ModuleName.self),
            "enabled": ["type": "boolean"], "config": ["type": "object"], "exempt_roles": ["type": "object"],
            "created_at": moment, "updated_at": moment, "revision": revision,
        ]),
        "ExemptRoles": [
            "type": ["object", "null"], "default": .emptyObject, "additionalProperties": false,
            "properties": [
                "moderators": ["type": ["boolean", "null"]], "vips": ["type": ["boolean", "null"]],
                "subscribers": ["type": ["boolean", "null"]],
            ],
        ],
        "Provider": object([
            "platform": choice(Platform.self), "enabled": ["type": "boolean"], "login": ["type": "boolean"],
            "channel": ["type": "boolean"], "bot": ["type": "boolean"], "effective_bot": ["type": "boolean"],
            "credentials": ["type": "string", "enum": ["configured", "not_configured"]],
            "bot_identity": [
                "type": ["object", "null"], "required": ["username", "user_id"],
                "properties": ["username": ["type": "string"], "user_id": ["type": "string"]],
            ],
            "counts": object(["channels": count, "bots": count, "paused": count]), "reason": nullableString,
            "ticket": nullableString, "updated_at": nullableTime, "updated_by": nullableString, "revision": revision,
        ]),
        "Account": object([
            "account_id": ["type": "string"], "name": ["type": "string"], "plan": choice(Plan.self),
            "custom_bot_allowed": ownLimit, "created_at": moment, "updated_at": moment, "revision": revision,
        ]),
        "BotCommand": object([
            "account_id": ["type": ["string", "null"], "description": "null: for all accounts."],
            "name": ["type": "string", "pattern": .string(CommandName.pattern)], "description": ["type": "string"],
            "response_type": choice(BotCommand.ResponseType.self), "response": ["type": "string"],
            "platforms": ["type": "array", "items": choice(Platform.self)], "minimum_role": choice(CommandRole.self),
            "cooldown_seconds": count, "user_cooldown_seconds": count, "enabled": ["type": "boolean"],
            "created_at": moment, "updated_at": moment, "revision": revision,
        ]),
        "CommandUses": object(["count": count]),
        "Guild": object([
            "guild_id": ["type": "string", "pattern": .string(GuildID.pattern)], "account_id": ["type": "string"],
            "name": ["type": "string"], "connected_at": moment, "updated_at": moment, "revision": revision,
        ]),
        "Event": object(.object(eventProperties)), "EventWithReceipts": object(.object(eventProperties + [receipts])),
        "Worker": worker, "Erasure": erasure, "ForgottenWorker": object(["worker": ["type": "string"]]),
        "Acknowledged": object(["head": changeID]), "Change": change, "Trigger": trigger,
        "Key": key, "NewKey": newKey, "RevokedToken": object(["id": ["type": "string"]]), "Projections": projections,
        "RebuildReport": rebuildReport,
        "WebhookResult": object([
            "data": object([
                "result": ["type": "string", "enum": ["taken", "repeated", "ignored"]], "reason": nullableString,
            ])
        ]),
        "Heartbeats": object(["recorded": count]), "Liveness": object(["status": ["const": "live"]]),
        "Readiness": object([
            "status": ["type": "string", "enum": ["ready", "degraded"]], "position": count,
            "reasons": [
                "type": "array", "items": object(["code": ["type": "string"], "message": ["type": "string"]]),
            ],
        ]),
        "Error": error,
    ]

    private static let keyProperties: [JSON.Member] = [
        .init("id", ["type": "string"]), .init("kind", ["type": "string", "enum": ["user", "system"]]),
        .init("name", ["type": "string"]), .init("account_id", nullableString), .init("role", nullableString),
        .init("permissions", ["type": "array", "items": ["type": "string"]]), .init("created_at", moment),
        .init("created_by", ["type": "string"]), .init("expires_at", nullableTime), .init("revoked_at", nullableTime),
        .init("last_used_at", nullableTime),
    ]
    private static let key = object(.object(keyProperties))
    private static let newKey = object(
        .object(keyProperties + [.init("secret", ["type": "string", "description": "Shown this once."])]))

    private static let projections = object([
        "position": count, "head": count, "lag_positions": count, "lag_seconds": ["type": "number", "minimum": 0],
        "last_change": ["type": "string"], "digest": ["type": "string"], "file": count, "failure": nullableString,
        "rows": ["type": "object", "additionalProperties": count],
        "parked": [
            "type": "array",
            "items": object([
                "stream": ["type": "string"], "position": count, "type": ["type": "string"],
                "reason": ["type": "string"],
            ]),
        ],
    ])

    private static let erasure = object([
        "subject": ["type": "string"],
        "changed": ["type": "boolean", "description": "False when nothing was sealed for the subject, or no longer."],
        "position": ["type": ["integer", "null"], "minimum": 1, "description": "Of the event that records it."],
    ])

    private static let rebuildReport = object([
        "position": count, "milliseconds": count, "digest": ["type": "string"], "file": count,
        "differences": [
            "type": "array",
            "items": object([
                "table": ["type": "string"], "side": ["type": "string"],
                "row": ["type": "array", "items": ["type": "string"]],
            ]),
        ],
    ])

    private static let eventProperties: [JSON.Member] = [
        .init("position", ["type": "integer", "minimum": 1]), .init("id", ["type": "string", "format": "uuid"]),
        .init("stream", ["type": "string"]), .init("revision", count), .init("type", ["type": "string"]),
        .init("schema_version", count), .init("data", ["type": "object"]), .init("metadata", ["type": "object"]),
        .init("recorded_at", moment),
    ]
    private static let receipts = JSON.Member(
        "receipts",
        [
            "type": "array", "items": object(["worker": ["type": "string"], "at": moment]),
            "description": "Which workers have applied it, as far as is known, and when.",
        ])

    /// Which workers have applied a change.
    static let convergence = object([
        "position": count, "converged": ["type": ["boolean", "null"]],
        "applied": [
            "type": "array",
            "items": object([
                "worker": ["type": "string"], "at": moment, "ms": ["type": ["integer", "null"], "minimum": 0],
            ]),
        ],
        "missing": ["type": "array", "items": ["type": "string"]],
        "unreachable": ["type": "array", "items": ["type": "string"]],
    ])

    private static let worker = object([
        "worker": ["type": "string"], "state": choice(WorkerState.self),
        "transport": choice(Acknowledgement.Transport.self), "epoch": ["type": "string"], "applied": count,
        "lag_positions": count, "lag_seconds": ["type": "number", "minimum": 0],
        "digest_equal": ["type": ["boolean", "null"], "description": "null: too long ago to say."],
        "nacks": [
            "type": "array",
            "items": object([
                "id": changeID, "kind": kind, "key": ["type": "string"], "reason": ["type": "string"],
            ]),
        ],
        "accounts": count, "version": ["type": "string"], "last_seen_at": moment,
    ])

    private static let change = object([
        "position": count, "index": count, "previous": changeID, "kind": kind,
        "key": ["type": "string"], "op": ["type": "string", "enum": ["put", "delete"]],
        "value": ["type": ["object", "null"]], "recorded_at": moment, "correlation_id": nullableString,
    ])

    private static let trigger = object([
        "kind": ["type": "string", "enum": ["builtin"]], "slug": ["type": "string"],
        "module_name": choice(ModuleName.self), "trigger": ["type": "string", "enum": ["message", "timer"]],
        "config": ["type": "object"], "exempt_roles": ["type": "object"], "revision": revision,
    ])

    private static let error = object([
        "error": object([
            "code": ["type": "string"], "message": ["type": "string"],
            "status": ["type": "integer", "minimum": 400, "maximum": 599],
            "details": [
                "type": "array",
                "items": object([
                    "path": ["type": "string"], "code": ["type": "string"], "message": ["type": "string"],
                ]),
            ],
            "correlation_id": ["type": "string"],
        ])
    ])
}
