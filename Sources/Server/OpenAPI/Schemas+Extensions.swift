import Domain
import Extensions

/// What the API takes and gives of extensions.
extension Schemas {
    static let nullableVersion: JSON = [
        "type": ["string", "null"], "maxLength": .integer(SemanticVersion.lengthMax),
        "description": "As 1.4.0; null for the one that the store offers.",
    ]
    static let consent: JSON = [
        "type": "array", "items": choice(ExtensionPermission.self), "uniqueItems": true,
        "description": "Those that the manifest asks for: you consent to each.",
    ]
    static let triggerOverrides: JSON = [
        "type": ["object", "null"], "description": "By trigger id; null restores.",
        "additionalProperties": [
            "type": ["object", "null"], "additionalProperties": false,
            "properties": [
                "prefix": ["type": ["string", "null"]], "command": ["type": ["string", "null"]],
                "keywords": ["type": ["array", "null"], "items": ["type": "string"]],
                "pattern": ["type": ["string", "null"]],
            ],
        ],
    ]
    static let keyValueRequest: JSON = [
        "type": "object", "required": ["install_id", "function", "arguments"], "additionalProperties": false,
        "properties": [
            "install_id": ["type": "string", "pattern": .string(InstallID.pattern)],
            "function": [
                "type": "string",
                "enum": .array(KeyValueOperation.Name.allCases.map { .string("kv.\($0.rawValue)") }),
            ],
            "arguments": ["type": "array", "maxItems": 8, "description": "As the script gave them."],
        ],
    ]

    static let extensions: [JSON.Member] = [
        JSON.Member("Extension", object(`extension`)), JSON.Member("ExtensionInstall", object(install)),
        JSON.Member("ListedModule", ["oneOf": [object(builtin), ref("ExtensionInstall")]]),
        JSON.Member(
            "KeyValue",
            object(["value": ["description": "JSON: what the script gets."]])),
    ]

    private static let permissions: JSON = ["type": "array", "items": choice(ExtensionPermission.self)]
    private static let roles: JSON = ["type": "array", "items": ["type": "string"]]

    private static let `extension`: JSON = [
        "extension_id": ["type": "string"],
        "account_id": ["type": "string", "description": "Of the account that has submitted it."],
        "name": ["type": "string"], "description": ["type": "string"],
        "visibility": choice(Extension.Visibility.self), "state": choice(Extension.Stage.self),
        "published_version": nullableString, "suspended": ["type": "boolean"], "suspended_reason": nullableString,
        "suspended_at": nullableTime, "suspended_by": nullableString,
        "versions": ["type": "array", "items": object(version)], "created_at": moment, "updated_at": moment,
        "revision": revision,
        "manifest": [
            "type": ["object", "null"],
            "description": "Of the version that accounts install, or the newest; null in lists.",
        ],
    ]

    private static let version: JSON = [
        "version": ["type": "string"], "bundle_digest": ["type": "string", "pattern": .string(BundleDigest.pattern)],
        "state": choice(Extension.Stage.self), "review_level": choice(Extension.ReviewLevel.self),
        "permissions": permissions, "submitted_at": moment, "submitted_by": ["type": "string"],
        "reviews": [
            "type": "array",
            "items": object([
                "reviewer": ["type": "string"], "verdict": choice(Extension.Verdict.self), "note": nullableString,
                "at": moment,
            ]),
        ],
        "published_at": nullableTime,
    ]

    private static func stop(_ description: String) -> JSON {
        [
            "type": ["object", "null"], "required": ["reason", "at"], "description": .string(description),
            "properties": ["reason": nullableString, "at": moment],
        ]
    }

    private static let install: JSON = [
        "install_id": ["type": "string"], "account_id": ["type": "string"], "extension_id": ["type": "string"],
        "name": ["type": "string"], "version": ["type": "string"], "bundle_digest": ["type": "string"],
        "egress": object([
            "allowHosts": roles, "allowPorts": ["type": "array", "items": ["type": "integer"]],
        ]),
        "enabled": ["type": "boolean"], "kill": stop("The kill switch, until it is enabled again."),
        "trip": stop("The circuit breaker, until it has proven itself again."),
        "held": [
            "type": ["object", "null"], "required": ["version", "reason"],
            "description": "A version that waits, because the settings do not fit it.",
            "properties": ["version": ["type": "string"], "reason": ["type": "string"]],
        ],
        "permissions": permissions, "config": ["type": "object"], "settings": ["type": "object"],
        "overrides": ["type": "object"],
        "triggers": [
            "type": "array",
            "items": [
                "type": "object", "required": ["id", "type"],
                "properties": ["id": ["type": "string"], "type": choice(ExtensionTrigger.Kind.self)],
            ],
        ],
        "exempt_roles": roles, "created_at": moment, "updated_at": moment, "revision": revision,
        "kind": ["type": "string", "enum": ["extension"]],
        "suspended": ["type": "boolean", "description": "Whether the extension is, in all accounts."],
    ]

    private static let builtin: JSON = .object(
        (botModule.members ?? []) + [
            JSON.Member("kind", ["type": "string", "enum": ["builtin"]]),
            JSON.Member("install_id", ["type": "null"]),
        ])
}
