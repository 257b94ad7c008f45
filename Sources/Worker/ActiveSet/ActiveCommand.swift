import Domain

/// A command of the chat that is in force in an account: its own, or the global one of that name.
package struct ActiveCommand: Equatable, Sendable {
    package let name: CommandName
    /// Its minimum role is the global command's where that is higher: the global one may have become stricter since
    /// the account's own was written.
    package private(set) var definition: BotCommand.Definition
    /// Of the account alone.
    package let isOwn: Bool

    /// - Parameters:
    ///   - own: the bytes of the account's document, as they were read once and found to be right.
    ///   - global: those of the global one.
    init?(_ name: CommandName, own: [UInt8]?, global: [UInt8]?) {
        let base = global.flatMap(Self.definition)
        guard let definition = own.map(Self.definition) ?? base else { return nil }
        (self.name, self.definition, isOwn) = (name, definition, own != nil)
        if let base { self.definition.minimumRole = max(definition.minimumRole, base.minimumRole) }
    }

    private static func definition(_ bytes: [UInt8]) -> BotCommand.Definition? {
        try? bytes.withUnsafeBufferPointer { try BotCommandDocument(decoding: StoredObject($0)).definition }
    }
}

extension ActiveSet {
    /// The command that a name stands for in an account, be it enabled or not.
    ///
    /// Where a document of that name cannot be read and never could, there is none: it may have been switched off, or
    /// asked for a higher role.
    package func command(_ name: CommandName, of account: AccountID) -> ActiveCommand? {
        let own = views.tenants[account]?.commands[name], global = views.globalCommands[name]
        guard own != nil || global != nil, !isUnreadable(name, of: .account(account)), !isUnreadable(name, of: .global)
        else { return nil }
        return ActiveCommand(name, own: own, global: global)
    }

    private func isUnreadable(_ name: CommandName, of scope: CommandScope) -> Bool {
        guard !refusals.isEmpty else { return false }
        let refusal = refusals[DocumentKey(.botCommand, EntityID.botCommand(scope, name).key)]
        return refusal.map { $0.lastGood == nil } ?? false
    }
}

extension LiveSet {
    /// Whether what a command has answered may still be said; to be asked again at the moment of sending.
    package func maySay(_ command: ActiveCommand, in channel: ChatChannel) -> Bool {
        mayAct(channel.accountID, on: channel.platform)
            && read { $0.set.command(command.name, of: channel.accountID) == command }
    }
}
