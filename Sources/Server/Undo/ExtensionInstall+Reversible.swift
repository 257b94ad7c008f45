import Commands
import Domain
import Extensions

extension ExtensionInstall: Reversible {
    static func part(_ event: Event, of state: State) -> JSON {
        guard let state else { return nil }
        return switch event {
        case .installed, .uninstalled: ["installed": true]
        case .configured: ["config": state.terms.setup.config.json]
        case .triggersOverridden: ["overrides": state.terms.overrides.json]
        case .exemptRolesSet: ["exempt_roles": ExemptRoleSet(roles: state.exemptRoles).json]
        case .enabled, .disabled, .killed: ["switch": .string(state.position.rawValue)]
        case .upgraded:
            ["version": .string(state.terms.release.version), "config": state.terms.setup.config.json]
        case .upgradeHeld, .tripped, .recovered: nil
        }
    }

    static func compensation(
        for event: Event, before: State, _ wish: ReversalWish
    ) throws(NoInverse) -> Compensation {
        let path = ["install_id": wish.key]
        func command(_ operation: String, _ body: JSON? = nil) -> Compensation {
            Compensation(operation, path: path, query: wish.accountQuery, body: body)
        }
        switch event {
        case .upgradeHeld: throw NoInverse("nothing was changed by it: the version before went on")
        case .tripped, .recovered:
            throw NoInverse("a worker's circuit breaker said so, and says so again: switch the install instead")
        default: break
        }
        guard let before else { return command("uninstallExtension") }
        let part = part(event, of: before)
        switch event {
        case .configured: return command("configureInstall", part)
        case .triggersOverridden: return command("overrideTriggers", part)
        case .exemptRolesSet: return command("setInstallExemptRoles", part)
        case .enabled, .disabled, .killed: return try turn(to: before.position, event, wish)
        case .upgraded: return command("upgradeInstall", before.upgrade)
        default:
            // What it kept was removed with it, and stays so.
            return Compensation("installExtension", path: [:], query: wish.accountQuery, body: before.install)
        }
    }

    private static func turn(
        to position: Installed.Position, _ event: Event, _ wish: ReversalWish
    ) throws(NoInverse) -> Compensation {
        let path = ["install_id": wish.key]
        switch position {
        case .killed:
            let body = wish.saying(.init("install_id", .string(wish.key)))
            return Compensation("killInstall", path: [:], query: wish.accountQuery, body: body)
        case .off where event.name == .killed:
            throw NoInverse("it was off before it was killed, and lifting the kill switch would switch it on")
        case .on, .off:
            return Compensation(
                "switchInstall", path: path, query: wish.accountQuery, body: ["enabled": .bool(position == .on)])
        }
    }
}

extension ExtensionInstall.Installed {
    fileprivate enum Position: String { case on, off, killed }

    fileprivate var position: Position { isKilled ? .killed : isEnabled ? .on : .off }

    private var consent: JSON { .array(terms.granted.map { .string($0.rawValue) }) }

    fileprivate var upgrade: JSON {
        ["version": .string(terms.release.version), "permissions": consent, "config": terms.setup.config.json]
    }

    fileprivate var install: JSON {
        [
            "extension_id": .string(extensionID.rawValue), "version": .string(terms.release.version),
            "permissions": consent, "config": terms.setup.config.json, "overrides": terms.overrides.json,
            "exempt_roles": ExemptRoleSet(roles: exemptRoles).json,
        ]
    }
}

extension ExemptRoleSet {
    fileprivate var json: JSON {
        ["moderators": .bool(moderators), "vips": .bool(vips), "subscribers": .bool(subscribers)]
    }
}
