import Domain
import Extensions

/// The schemas of extensions and of what accounts have installed.
extension Schemas {
    private static let uuid: JSON = ["type": "string", "pattern": .string(ExtensionID.pattern)]
    private static let digest: JSON = ["type": "string", "pattern": .string(BundleDigest.pattern)]
    private static let permission = choice(ExtensionPermission.self)
    private static let permissions: JSON = ["type": "array", "items": permission]

    /// As semver.org has it.
    private static let versionPattern: String = {
        let number = "(0|[1-9][0-9]{0,17})", identifier = "(0|[1-9][0-9]{0,17}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
        return #"^\#(number)\.\#(number)\.\#(number)(-\#(identifier)(\.\#(identifier))*)?"#
            + #"(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$"#
    }()

    static let nullableObject: JSON = ["type": ["object", "null"]]
    static let nullableVersion: JSON = [
        "type": ["string", "null"], "pattern": .string(versionPattern),
        "maxLength": .integer(SemanticVersion.lengthMax), "description": "null for the one that the store offers.",
    ]
    private static let consentText = "What the owner agrees to: exactly what the version asks for."
    static let consent: JSON = [
        "type": "array", "maxItems": 50, "items": permission, "description": .string(consentText),
    ]
    static let nullableConsent: JSON = [
        "type": ["array", "null"], "maxItems": 50, "items": permission, "description": .string(consentText),
    ]

    static func wrapped(_ name: String, _ schema: JSON) -> JSON {
        [
            "type": "object", "required": [.string(name)], "additionalProperties": false,
            "properties": .object([JSON.Member(name, schema)]),
        ]
    }

    static let bundle: JSON = [
        "type": "object", "required": ["files"],
        "properties": ["files": ["type": "object", "additionalProperties": ["type": "string"]]],
    ]

    static let keyValueRequest: JSON = [
        "type": "object", "required": ["install_id", "function", "arguments"], "additionalProperties": false,
        "properties": [
            "install_id": uuid,
            "function": [
                "type": "string",
                "enum": .array(KeyValueOperation.Name.allCases.map { .string("kv.\($0.rawValue)") }),
            ],
            "arguments": ["type": "array", "maxItems": 8, "description": "As the script gave them."],
        ],
    ]

    static let breaker: JSON = [
        "type": "object", "required": ["install_id", "state", "at"], "additionalProperties": false,
        "properties": [
            "install_id": uuid, "state": choice(BreakerChange.State.self),
            "reason": ["type": ["string", "null"], "maxLength": .integer(BreakerChange.reasonLengthMax)], "at": moment,
        ],
    ]

    private static let review = object([
        "reviewer": ["type": "string"], "decision": choice(Extension.Decision.self), "note": nullableString,
        "at": moment,
    ])

    private static let version = object([
        "version": ["type": "string"], "bundle_digest": digest, "state": choice(Extension.Stage.self),
        "review_level": choice(Extension.ReviewLevel.self), "permissions": permissions, "submitted_at": moment,
        "submitted_by": nullableString, "reviews": ["type": "array", "items": review], "published_at": nullableTime,
    ])

    private static let entryProperties: [JSON.Member] = [
        .init("extension_id", uuid), .init("account_id", ["type": "string"]), .init("name", ["type": "string"]),
        .init("description", ["type": "string"]), .init("visibility", choice(Extension.Visibility.self)),
        .init("state", choice(Extension.Stage.self)), .init("published_version", nullableString),
        .init("suspended", ["type": "boolean"]), .init("suspended_reason", nullableString),
        .init("suspended_at", nullableTime), .init("suspended_by", nullableString),
        .init("versions", ["type": "array", "items": version]), .init("created_at", moment),
        .init("updated_at", moment), .init("revision", revision),
    ]

    private static let stop: JSON = [
        "type": ["object", "null"], "required": ["reason", "at"], "additionalProperties": false,
        "properties": ["reason": nullableString, "at": moment],
    ]

    private static let trigger: JSON = [
        "type": "object", "required": ["id", "type"],
        "properties": ["id": ["type": "string"], "type": choice(ExtensionTrigger.Kind.self)],
    ]

    private static let install = object([
        "kind": ["const": "extension"], "install_id": uuid, "account_id": ["type": "string"], "extension_id": uuid,
        "name": ["type": "string"], "version": ["type": "string"], "offered_version": nullableString,
        "bundle_digest": digest,
        "egress": object([
            "allowHosts": ["type": "array", "items": ["type": "string"]],
            "allowPorts": ["type": "array", "items": ["type": "integer"]],
        ]),
        "permissions": permissions, "enabled": ["type": "boolean"], "state": choice(InstallView.State.self),
        "kill": stop, "trip": stop,
        "held": [
            "type": ["object", "null"], "required": ["version", "reason"], "additionalProperties": false,
            "properties": ["version": ["type": "string"], "reason": ["type": "string"]],
            "description": "A newer version that waits, and why.",
        ],
        "config": ["type": "object"], "settings": ["type": "object"], "overrides": ["type": "object"],
        "triggers": ["type": "array", "items": trigger],
        "exempt_roles": object([
            "moderators": ["type": "boolean"], "vips": ["type": "boolean"], "subscribers": ["type": "boolean"],
        ]),
        "created_at": moment, "updated_at": moment, "revision": revision,
    ])

    static let extensions: [JSON.Member] = [
        .init("ExtensionEntry", object(.object(entryProperties))),
        .init(
            "Extension",
            object(
                .object(
                    entryProperties + [
                        .init(
                            "manifest",
                            [
                                "type": ["object", "null"],
                                "description": "Of the version that is offered; before there is one, of the newest.",
                            ])
                    ]))),
        .init("Install", install),
        .init("AnyBotModule", ["oneOf": [ref("BotModule"), ref("Install")]]),
        .init("KeyValue", object(["value": ["description": "What the script gets."]])),
    ]
}
