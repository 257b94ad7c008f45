import Domain

extension ExtensionInstall: Decider {
    /// nil while it is not installed.
    package typealias State = Installed?

    package struct Installed: Equatable, Sendable {
        package let account: AccountID, extensionID: ExtensionID
        package fileprivate(set) var terms: Terms
        package fileprivate(set) var exemptRoles: [String]
        package fileprivate(set) var isEnabled = true, isKilled = false, isTripped = false
        package fileprivate(set) var held: ExtensionInstallDocument.Held?
    }

    package enum Command: Equatable, Sendable {
        /// - Parameter consent: the permissions that the owner has agreed to.
        case install(AccountID, ExtensionID, Terms, exemptRoles: [String], consent: [ExtensionPermission])
        case configure(Setup)
        case overrideTriggers(overrides: JSONText, triggers: [ExtensionTrigger])
        case setExemptRoles([String])
        case enable
        case disable
        case kill(reason: String?)
        case upgrade(Terms, consent: [ExtensionPermission]?)
        /// The settings do not fit the version.
        case hold(version: String, reason: String)
        case trip(reason: String, at: Timestamp)
        case recover(at: Timestamp)
        case uninstall
    }

    package static let initial: State = nil

    package static func evolve(_ state: State, _ event: Event) -> State {
        if case .installed(let account, let id, let terms, let exemptRoles) = event {
            return Installed(account: account, extensionID: id, terms: terms, exemptRoles: exemptRoles)
        }
        guard var next = state else { return nil }
        switch event {
        case .installed: break
        case .configured(let setup): next.terms.setup = setup
        case .triggersOverridden(let overrides, let triggers):
            (next.terms.overrides, next.terms.triggers) = (overrides, triggers)
        case .exemptRolesSet(let roles): next.exemptRoles = roles
        case .enabled: (next.isEnabled, next.isKilled) = (true, false)
        case .disabled: next.isEnabled = false
        case .killed: next.isKilled = true
        // Other code, another chance.
        case .upgraded(let terms): (next.terms, next.held, next.isTripped) = (terms, nil, false)
        case .upgradeHeld(let version, let reason):
            next.held = ExtensionInstallDocument.Held(version: version, reason: reason)
        case .tripped: next.isTripped = true
        case .recovered: next.isTripped = false
        case .uninstalled: return nil
        }
        return next
    }

    package static func decide(_ command: Command, in state: State) throws(Refusal) -> [Event] {
        switch (command, state) {
        case (.install(let account, let id, let terms, let roles, let consent), nil):
            try requireConsent(consent, to: terms)
            return [.installed(account, id, terms, exemptRoles: roles)]
        case (.install(_, _, let terms, let roles, _), let state?):
            guard terms == state.terms, roles == state.exemptRoles else {
                throw Refusal(.alreadyExists, "it is installed already: configure or upgrade that install")
            }
            return []
        case (.uninstall, nil): return []
        case (_, nil): throw .noSuchInstall
        case (_, let state?): return try change(command, state)
        }
    }

    private static func change(_ command: Command, _ state: Installed) throws(Refusal) -> [Event] {
        switch command {
        case .install: return []
        case .configure(let setup): return state.terms.setup == setup ? [] : [.configured(setup)]
        case .overrideTriggers(let overrides, let triggers):
            guard state.terms.overrides != overrides || state.terms.triggers != triggers else { return [] }
            return [.triggersOverridden(overrides: overrides, triggers: triggers)]
        case .setExemptRoles(let roles): return state.exemptRoles == roles ? [] : [.exemptRolesSet(roles)]
        case .enable: return state.isEnabled && !state.isKilled ? [] : [.enabled]
        case .disable: return state.isEnabled ? [.disabled] : []
        case .kill(let reason): return state.isKilled ? [] : [.killed(reason: reason)]
        case .upgrade(let terms, let consent): return try upgrade(terms, consent, state)
        case .hold(let version, let reason):
            let held = ExtensionInstallDocument.Held(version: version, reason: reason)
            return state.held == held ? [] : [.upgradeHeld(version: version, reason: reason)]
        case .trip(let reason, let at): return state.isTripped ? [] : [.tripped(reason: reason, at: at)]
        case .recover(let at): return state.isTripped ? [.recovered(at: at)] : []
        case .uninstall: return [.uninstalled]
        }
    }

    private static func upgrade(
        _ terms: Terms, _ consent: [ExtensionPermission]?, _ state: Installed
    ) throws(Refusal) -> [Event] {
        guard terms != state.terms else { return [] }
        if asksForMore(terms, than: state.terms) { try requireConsent(consent, to: terms) }
        return [.upgraded(terms)]
    }

    /// More permissions, or more places to send requests to.
    private static func asksForMore(_ new: Terms, than old: Terms) -> Bool {
        !Set(new.granted).isSubset(of: old.granted)
            || !Set(new.release.egress.allowHosts).isSubset(of: old.release.egress.allowHosts)
            || !Set(new.release.egress.allowPorts).isSubset(of: old.release.egress.allowPorts)
    }

    /// The owner must have agreed to exactly what is asked: neither more nor less.
    private static func requireConsent(_ consent: [ExtensionPermission]?, to terms: Terms) throws(Refusal) {
        guard Set(consent ?? []) != Set(terms.granted) || consent == nil else { return }
        let names = terms.granted.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        let hosts = terms.release.egress.allowHosts
        let network = hosts.isEmpty ? "" : " and requests to \(hosts.joined(separator: ", "))"
        throw Refusal(
            .consentRequired,
            "version \(terms.release.version) asks for [\(names)]\(network): send exactly these as permissions to agree"
        )
    }
}

extension Refusal {
    package static let noSuchInstall = Refusal(
        .installNotFound, "there is no such install: list them with GET /v1/bot-modules")
}
