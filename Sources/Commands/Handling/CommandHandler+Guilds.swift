import Domain

extension CommandHandler {
    /// - Throws: `Refusal(.guildMapped)` while the guild is another account's.
    package func mapGuild(
        _ guild: GuildID, to account: AccountID, name: String, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await handle(.map(account, name: name), by: Guild.self, on: .guild(guild), request) {
            try requireAccount(account)
        }
    }

    /// - Parameter account: the only one whose guild it may be; nil for an operator.
    package func unmapGuild(
        _ guild: GuildID, of account: AccountID?, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await handle(.unmap(of: account), by: Guild.self, on: .guild(guild), request)
    }
}
