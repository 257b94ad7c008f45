extension ExtensionInstall {
    package enum Event: DomainEvent {
        /// Everything begins switched on.
        case installed(AccountID, ExtensionID, Terms, exemptRoles: [String])
        case configured(Setup)
        case triggersOverridden(overrides: JSONText, triggers: [ExtensionTrigger])
        case exemptRolesSet([String])
        /// Lifts the kill switch, too.
        case enabled
        case disabled
        case killed(reason: String?)
        case upgraded(Terms)
        /// The settings do not fit the new version: the old one goes on.
        case upgradeHeld(version: String, reason: String)
        /// A worker's circuit breaker has stopped it, and lets it run again; `at` by the worker's clock.
        case tripped(reason: String, at: Timestamp)
        case recovered(at: Timestamp)
        case uninstalled

        /// They are the storage format: never edit one, add a case and keep the old readable.
        package enum Name: String, CaseIterable, Sendable {
            case installed = "extension_install.installed"
            case configured = "extension_install.configured"
            case triggersOverridden = "extension_install.triggers_overridden"
            case exemptRolesSet = "extension_install.exempt_roles_set"
            case enabled = "extension_install.enabled"
            case disabled = "extension_install.disabled"
            case killed = "extension_install.killed"
            case upgraded = "extension_install.upgraded"
            case upgradeHeld = "extension_install.upgrade_held"
            case tripped = "extension_install.tripped"
            case recovered = "extension_install.recovered"
            case uninstalled = "extension_install.uninstalled"
        }

        package var name: Name {
            switch self {
            case .installed: .installed
            case .configured: .configured
            case .triggersOverridden: .triggersOverridden
            case .exemptRolesSet: .exemptRolesSet
            case .enabled: .enabled
            case .disabled: .disabled
            case .killed: .killed
            case .upgraded: .upgraded
            case .upgradeHeld: .upgradeHeld
            case .tripped: .tripped
            case .recovered: .recovered
            case .uninstalled: .uninstalled
            }
        }
    }
}

extension ExtensionInstall.Event {
    package func encode(into writer: inout JSONWriter) {
        switch self {
        case .installed(let account, let id, let terms, let exemptRoles):
            writer.member("account_id", account.rawValue)
            writer.member("extension_id", id.rawValue)
            terms.encode(into: &writer)
            Self.encode(exemptRoles, into: &writer)
        case .configured(let setup): setup.encode(into: &writer)
        case .triggersOverridden(let overrides, let triggers):
            ExtensionInstall.Terms.encode(overrides, triggers, into: &writer)
        case .exemptRolesSet(let roles): Self.encode(roles, into: &writer)
        case .enabled, .disabled, .uninstalled: break
        case .killed(let reason): Personal.encode(["reason": reason], into: &writer)
        case .upgraded(let terms): terms.encode(into: &writer)
        case .upgradeHeld(let version, let reason):
            writer.member("version", version)
            Personal.encode(["reason": reason], into: &writer)
        case .tripped(let reason, let at):
            writer.member("at", at.description)
            Personal.encode(["reason": reason], into: &writer)
        case .recovered(let at): writer.member("at", at.description)
        }
    }

    private static func encode(_ roles: [String], into writer: inout JSONWriter) {
        writer.name("exempt_roles")
        writer.array { array in roles.forEach { array.string($0) } }
    }

    package init(_ name: Name, _ data: StoredObject) throws {
        switch name {
        case .installed:
            self = .installed(
                AccountID(stored: try data.require("account_id", StoredObject.string)),
                ExtensionID(stored: try data.require("extension_id", StoredObject.string)),
                try ExtensionInstall.Terms(data), exemptRoles: try data.strings("exempt_roles"))
        case .configured: self = .configured(try ExtensionInstall.Setup(data))
        case .triggersOverridden:
            self = .triggersOverridden(
                overrides: try data.require("overrides", StoredObject.object),
                triggers: try data.objects("triggers", ExtensionTrigger.init))
        case .exemptRolesSet: self = .exemptRolesSet(try data.strings("exempt_roles"))
        case .enabled: self = .enabled
        case .disabled: self = .disabled
        case .killed: self = .killed(reason: try Personal.read(data).string("reason"))
        case .upgraded: self = .upgraded(try ExtensionInstall.Terms(data))
        case .upgradeHeld:
            self = .upgradeHeld(
                version: try data.require("version", StoredObject.string),
                reason: try Personal.read(data).require("reason"))
        case .tripped:
            self = .tripped(
                reason: try Personal.read(data).require("reason"), at: try data.moment("at"))
        case .recovered: self = .recovered(at: try data.moment("at"))
        case .uninstalled: self = .uninstalled
        }
    }
}
