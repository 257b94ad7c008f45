import Commands
import Domain
import Extensions

/// `{"extension_id", "version"?, "permissions", "config"?, "overrides"?, "exempt_roles"?}`
struct InstallBody {
    let wish: CommandHandler.InstallWish

    static let schema: JSON = [
        "type": "object", "required": ["extension_id", "permissions"], "additionalProperties": false,
        "properties": [
            "extension_id": ["type": "string", "pattern": .string(ExtensionID.pattern)],
            "version": Schemas.nullableVersion, "permissions": Schemas.consent,
            "config": ["type": ["object", "null"], "description": "By key, as config_schema in the manifest has them."],
            "overrides": Schemas.triggerOverrides, "exempt_roles": Schemas.ref("ExemptRoles"),
        ],
    ]

    init(_ json: JSON) throws(ValidationFailed) {
        var body = ObjectReader(json)
        let text = body.string("extension_id", lengthMax: 100)
        let id = text.flatMap(ExtensionID.init(rawValue:))
        if text != nil, id == nil { body.fail("extension_id", "not_allowed", ExtensionID.rule) }
        let version = body.string("version", lengthMax: SemanticVersion.lengthMax)
        let given = body.permissions("permissions")
        let config = body.object("config") ?? .emptyObject, overrides = body.object("overrides") ?? .emptyObject
        let roles = body.exemptRoles("exempt_roles")
        let required = (body.require("extension_id", id), body.require("permissions", given))
        try body.finish()
        guard case (let id?, let consent?) = required else { throw ValidationFailed(body.failures) }
        wish = CommandHandler.InstallWish(
            extensionID: id, version: version, consent: consent, config: config, overrides: overrides,
            exemptRoles: roles)
    }
}

/// `{"version"?, "permissions"?, "config"?}`
struct UpgradeBody {
    let wish: CommandHandler.UpgradeWish

    static let schema: JSON = [
        "type": "object", "additionalProperties": false,
        "properties": [
            "version": Schemas.nullableVersion,
            "permissions": [
                "type": ["array", "null"], "items": Schemas.choice(ExtensionPermission.self), "uniqueItems": true,
                "description": "Your consent; needed when the version asks for more than the one before.",
            ],
            "config": [
                "type": ["object", "null"], "description": "New settings, when the old ones would not fit.",
            ],
        ],
    ]

    init(_ json: JSON) throws(ValidationFailed) {
        var body = ObjectReader(json)
        let version = body.string("version", lengthMax: SemanticVersion.lengthMax)
        let consent = body.permissions("permissions"), config = body.object("config")
        try body.finish()
        wish = CommandHandler.UpgradeWish(version: version, consent: consent, config: config)
    }
}

/// `{"enabled"}`
struct SwitchInstallBody {
    let enabled: Bool

    static let schema: JSON = [
        "type": "object", "required": ["enabled"], "additionalProperties": false,
        "properties": ["enabled": ["type": "boolean", "description": "Whether its triggers are listened to."]],
    ]

    init(_ json: JSON) throws(ValidationFailed) {
        var body = ObjectReader(json)
        let flag = body.bool("enabled")
        let enabled = body.require("enabled", flag)
        try body.finish()
        self.enabled = enabled ?? false
    }
}

/// `{"install_id", "reason"?}`
struct KillBody {
    static let reasonLengthMax = Bot.reasonLengthMax

    let install: InstallID, reason: String?

    static let schema: JSON = [
        "type": "object", "required": ["install_id"], "additionalProperties": false,
        "properties": [
            "install_id": ["type": "string", "pattern": .string(InstallID.pattern)],
            "reason": Schemas.nullableText(reasonLengthMax, "Why."),
        ],
    ]

    init(_ json: JSON) throws(ValidationFailed) {
        var body = ObjectReader(json)
        let given = body.install("install_id")
        let install = body.require("install_id", given)
        reason = body.label("reason", lengthMax: Self.reasonLengthMax)
        try body.finish()
        guard let install else { throw ValidationFailed(body.failures) }
        self.install = install
    }
}

extension ObjectReader {
    /// An array of permissions' names.
    fileprivate mutating func permissions(_ name: String) -> [ExtensionPermission]? {
        guard let entries = array(name, countMax: 50) else { return nil }
        var permissions: [ExtensionPermission] = []
        for (index, entry) in entries.enumerated() {
            let place = "\(name).\(index)"
            if let text = entry.string, let permission = ExtensionPermission(rawValue: text) {
                permissions.append(permission)
            } else if let text = entry.string {
                fail(place, "not_allowed", NotAllowed.message(text, among: ExtensionPermission.allCases.map(\.rawValue)))
            } else {
                fail(place, "wrong_type", "must be a string, not \(entry.kindName)")
            }
        }
        return permissions
    }

    fileprivate mutating func exemptRoles(_ name: String) -> ExemptRoleSet? {
        guard let json = value(name) else { return nil }
        do throws(ValidationFailed) {
            return try ExemptRoleSet(json, path: place(name))
        } catch {
            add(error.failures)
            return nil
        }
    }
}
