import Domain

/// What the good documents say, arranged by who asks: by platform, and by account.
struct ActiveViews: Sendable {
    private(set) var providers: [Platform: ProviderDocument] = [:]
    private(set) var tenants: [AccountID: Tenant] = [:]
    private(set) var accountCount = 0
    private(set) var installOwners: [InstallID: AccountID] = [:]
    /// Extensions that nobody may run at the moment.
    private(set) var suspended: Set<ExtensionID> = []
    /// As in `Tenant`.
    private(set) var globalCommands: [CommandName: [UInt8]] = [:]

    func install(_ id: InstallID) -> ActiveInstall? {
        installOwners[id].flatMap { tenants[$0]?.installs.first { $0.id == id } }
    }

    mutating func put(_ document: GoodDocument) {
        switch document {
        case .provider(let provider): providers[provider.platform] = provider
        case .account(let account):
            if tenants[account.accountID]?.account == nil { accountCount += 1 }
            tenants[account.accountID, default: Tenant()].account = account
        case .bot(let bot): tenants[bot.accountID, default: Tenant()].put(bot)
        case .botModule(let account, let module): tenants[account, default: Tenant()].put(module)
        case .extensionInstall(let install): put(install)
        case .extensionState(let id, let isSuspended):
            if isSuspended { suspended.insert(id) } else { suspended.remove(id) }
        case .botCommand(let scope, let name, let value): setCommand(name, of: scope, value)
        case .unused, .unknown: break
        }
    }

    private mutating func setCommand(_ name: CommandName, of scope: CommandScope, _ value: [UInt8]?) {
        switch scope {
        case .global: globalCommands[name] = value
        case .account(let id):
            if let value { tenants[id, default: Tenant()].commands[name] = value }
            if value == nil { update(id) { $0.commands[name] = nil } }
        }
    }

    private mutating func put(_ install: ExtensionInstallDocument) {
        let former = installOwners.updateValue(install.accountID, forKey: install.installID)
        if let former, former != install.accountID { removeInstall(install.installID, of: former) }
        tenants[install.accountID, default: Tenant()].put(install)
    }

    private mutating func removeInstall(_ id: InstallID, of account: AccountID) {
        update(account) { $0.installs.removeAll { $0.id == id } }
    }

    /// Forgets the document of that name; a name that no good document can have is forgotten already.
    mutating func remove(_ name: DocumentKey) {
        switch name.kind.category {
        case .provider: if let platform = Platform(rawValue: name.key) { providers[platform] = nil }
        case .account:
            let account = AccountID(stored: name.key)
            if tenants[account]?.account != nil { accountCount -= 1 }
            update(account) { $0.account = nil }
        case .bot: removePart(name) { tenant, rest in tenant.bots.removeAll { $0.platform.rawValue == rest } }
        case .botModule: removePart(name) { tenant, rest in tenant.modules.removeAll { $0.module.rawValue == rest } }
        case .extension: suspended.remove(ExtensionID(stored: name.key))
        case .extensionInstall:
            let id = InstallID(stored: name.key)
            if let account = installOwners.removeValue(forKey: id) { removeInstall(id, of: account) }
        case .botCommand:
            guard let (owner, text) = try? EntityID.halves(of: name.key) else { return }
            setCommand(CommandName(stored: text), of: CommandScope(stored: owner), nil)
        case .guild, nil: break
        }
    }

    private mutating func removePart(_ name: DocumentKey, _ remove: (inout Tenant, String) -> Void) {
        guard let (account, rest) = try? EntityID.halves(of: name.key) else { return }
        update(AccountID(stored: account)) { remove(&$0, rest) }
    }

    private mutating func update(_ account: AccountID, _ change: (inout Tenant) -> Void) {
        guard var tenant = tenants[account] else { return }
        change(&tenant)
        tenants[account] = tenant.isEmpty ? nil : tenant
    }
}
