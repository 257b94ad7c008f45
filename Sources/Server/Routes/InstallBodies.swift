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
            "version": Schemas.nullableVersion, "permissions": Schemas.consent, "config": Schemas.nullableObject,
            "overrides": Schemas.nullableObject, "exempt_roles": Schemas.ref("ExemptRoles"),
        ],
    ]

    init(_ json: JSON) throws {
        var body = ObjectReader(json)
        let text = body.string("extension_id", lengthMax: 100)
        let id = text.flatMap(ExtensionID.init(rawValue:))
        if text != nil, id == nil { body.fail("extension_id", "not_allowed", ExtensionID.rule) }
        let version = body.version(), given = body.consent()
        let (extensionID, consent) = (body.require("extension_id", id), body.require("permissions", given))
        let config = body.object("config") ?? .emptyObject, overrides = body.object("overrides") ?? .emptyObject
        var roles: ExemptRoleSet?
        if let json = body.value("exempt_roles") {
            body.collect { () throws(ValidationFailed) in roles = try ExemptRoleSet(json) }
        }
        try body.finish()
        guard let extensionID, let consent else { throw ValidationFailed(body.failures) }
        wish = CommandHandler.InstallWish(
            extensionID: extensionID, version: version, consent: consent, config: config, overrides: overrides,
            exemptRoles: roles)
    }
}

/// `{"version"?, "permissions"?, "config"?}`
struct UpgradeBody {
    let wish: CommandHandler.UpgradeWish

    static let schema: JSON = [
        "type": "object", "additionalProperties": false,
        "properties": [
            "version": Schemas.nullableVersion, "permissions": Schemas.nullableConsent,
            "config": Schemas.nullableObject,
        ],
    ]

    init(_ json: JSON) throws {
        var body = ObjectReader(json)
        let wish = CommandHandler.UpgradeWish(
            version: body.version(), consent: body.consent(), config: body.object("config"))
        try body.finish()
        self.wish = wish
    }
}

/// `{"enabled"}`
struct InstallSwitchBody {
    let enabled: Bool

    static let schema: JSON = [
        "type": "object", "required": ["enabled"], "additionalProperties": false,
        "properties": ["enabled": ["type": "boolean", "description": "Whether its triggers may fire."]],
    ]

    init(_ json: JSON) throws {
        var body = ObjectReader(json)
        let flag = body.bool("enabled")
        let enabled = body.require("enabled", flag)
        try body.finish()
        self.enabled = enabled ?? false
    }
}

/// `{"install_id", "reason"?}`
struct KillBody {
    let installID: InstallID, reason: String?

    static let schema: JSON = [
        "type": "object", "required": ["install_id"], "additionalProperties": false,
        "properties": [
            "install_id": ["type": "string", "pattern": .string(InstallID.pattern)],
            "reason": Schemas.nullableText(ExtensionInstall.reasonLengthMax, "Why; the journal keeps it."),
        ],
    ]

    init(_ json: JSON) throws {
        var body = ObjectReader(json)
        let given = body.install("install_id")
        let id = body.require("install_id", given)
        reason = body.label("reason", lengthMax: ExtensionInstall.reasonLengthMax)
        try body.finish()
        guard let id else { throw ValidationFailed(body.failures) }
        installID = id
    }
}

extension ObjectReader {
    fileprivate mutating func version() -> String? {
        guard let text = string("version", lengthMax: SemanticVersion.lengthMax) else { return nil }
        if SemanticVersion(text) == nil { fail("version", "not_allowed", SemanticVersion.rule) }
        return text
    }

    /// The permissions that the owner agrees to.
    fileprivate mutating func consent() -> [ExtensionPermission]? {
        guard let entries = array("permissions", countMax: 50) else { return nil }
        return entries.enumerated().compactMap { index, entry in
            guard let permission = entry.string.flatMap(ExtensionPermission.init(rawValue:)) else {
                let names = ExtensionPermission.allCases.map(\.rawValue)
                fail("permissions.\(index)", "not_allowed", NotAllowed.message(entry.string ?? "", among: names))
                return nil
            }
            return permission
        }
    }
}
