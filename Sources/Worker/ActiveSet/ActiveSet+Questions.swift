import BotModules
import Domain

/// Whether one bot acts, and what it does.
package struct BotStanding: Equatable, Sendable {
    package let state: EffectiveState
    package let planAllowsModules: Bool

    package var mayAct: Bool { state == .running && planAllowsModules }
}

extension ActiveSet {
    package var accountCount: Int { views.accountCount }

    package var tenants: some Collection<(key: AccountID, value: Tenant)> & Sendable { views.tenants }

    package func tenant(_ account: AccountID) -> Tenant? { views.tenants[account] }

    package func provider(_ platform: Platform) -> ProviderDocument? { views.providers[platform] }

    /// A platform that was never switched is on. One whose only document cannot be read is off: it may have been
    /// killed.
    package func allowsBots(_ platform: Platform) -> Bool {
        if let provider = views.providers[platform] { return provider.allowsBots }
        return refusals[DocumentKey(.provider, platform.rawValue)] == nil
    }

    package func standing(of account: AccountID, on platform: Platform) -> BotStanding {
        let tenant = views.tenants[account]
        return BotStanding(
            state: EffectiveState(
                tenant?.bot(on: platform)?.status ?? .noConnection, providerAllowsBots: allowsBots(platform)),
            planAllowsModules: tenant?.allowsModules ?? false)
    }

    /// A pause is over when the server says so, never because its end has come by the worker's own clock.
    package func mayAct(_ account: AccountID, on platform: Platform) -> Bool {
        standing(of: account, on: platform).mayAct
    }

    /// The modules to run for an account: none unless its plan has them.
    package func enabledModules(of account: AccountID) -> [ActiveModule] {
        guard let tenant = views.tenants[account], tenant.allowsModules else { return [] }
        return tenant.modules.filter(\.isEnabled)
    }

    package func settings(of account: AccountID, _ module: ModuleName) -> ModuleSettings? {
        views.tenants[account]?.module(module)?.settings
    }

    package var pausedBots: [BotDocument] {
        views.tenants.values.flatMap { tenant in tenant.bots.filter { $0.pause != nil } }
            .sorted { ($0.accountID.rawValue, $0.platform.rawValue) < ($1.accountID.rawValue, $1.platform.rawValue) }
    }

    /// Of documents that only a newer program knows, by name: they are held, and of no use here.
    package var unknownKinds: [DocumentKind] {
        Set(documents.keys.lazy.map(\.kind).filter { $0.category == nil }).sorted { $0.rawValue < $1.rawValue }
    }

    /// How many documents of a kind are held.
    package func count(_ kind: DocumentKind) -> Int { documents.keys.count { $0.kind == kind } }
}
