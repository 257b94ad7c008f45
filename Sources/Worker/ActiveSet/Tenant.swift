import Domain

/// An account with its bots, modules and commands, as far as the worker knows them.
package struct Tenant: Equatable, Sendable {
    package internal(set) var account: AccountDocument?
    package internal(set) var bots: [BotDocument] = []
    package internal(set) var modules: [ActiveModule] = []
    /// In the order in which they were installed.
    package internal(set) var installs: [ActiveInstall] = []
    /// The documents' own bytes: most commands are hardly ever called, and are read when they are.
    package internal(set) var commands: [CommandName: [UInt8]] = [:]

    /// May the account use bot modules? Not before its plan is known.
    package var allowsModules: Bool { account?.mayUseCustomBot ?? false }

    package func bot(on platform: Platform) -> BotDocument? { bots.first { $0.platform == platform } }

    package func module(_ name: ModuleName) -> ActiveModule? { modules.first { $0.module == name } }

    var isEmpty: Bool {
        account == nil && bots.isEmpty && modules.isEmpty && installs.isEmpty && commands.isEmpty
    }

    mutating func put(_ bot: BotDocument) {
        if let place = bots.firstIndex(where: { $0.platform == bot.platform }) {
            bots[place] = bot
        } else {
            bots.append(bot)
        }
    }

    mutating func put(_ document: ExtensionInstallDocument) {
        if let place = installs.firstIndex(where: { $0.id == document.installID }) {
            installs[place] = ActiveInstall(document, after: installs[place])
        } else {
            installs.append(ActiveInstall(document))
            installs.sort { ($0.document.createdAt, $0.id.rawValue) < ($1.document.createdAt, $1.id.rawValue) }
        }
    }

    mutating func put(_ module: ActiveModule) {
        if let place = modules.firstIndex(where: { $0.module == module.module }) {
            modules[place] = module
        } else {
            modules.append(module)
        }
    }
}
