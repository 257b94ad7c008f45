import Domain

extension CommandHandler {
    /// Switches flags of one platform, all or none.
    package func switchProvider(
        _ platform: Platform, _ switches: [Provider.Switch], reason: String, ticket: String?, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await handle(
            .switchFlags(switches, reason: reason, ticket: ticket), by: Provider.self, on: .provider(platform), request)
    }

    package func linkBotIdentity(
        _ platform: Platform, _ identity: Provider.BotIdentity, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await handle(.linkBotIdentity(identity), by: Provider.self, on: .provider(platform), request)
    }

    package func unlinkBotIdentity(
        _ platform: Platform, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await handle(.unlinkBotIdentity, by: Provider.self, on: .provider(platform), request)
    }
}
