import BotModules
import Domain

extension CommandHandler {
    /// - Throws: `Refusal(.planRequired)` for an account whose plan has no bot modules.
    package func upsertBotModule(
        _ account: AccountID, _ module: ModuleName, enabled: Bool, _ settings: ModuleSettings,
        _ request: CommandRequest
    ) async throws -> CommandOutcome {
        let entity = EntityID.botModule(account, module)
        return try await handle(.upsert(enabled: enabled, settings), by: BotModule.self, on: entity, request) {
            let state = try requireAccount(account)
            guard state.customBotAllowed else {
                throw Refusal(
                    .planRequired,
                    """
                    bot modules need the Pro plan and this account is on \(state.plan.title): upgrade it, or ask an \
                    operator to allow custom bots for it
                    """)
            }
        }
    }

    /// Works on every plan: what was configured on a better one can always be removed.
    package func deleteBotModule(
        _ account: AccountID, _ module: ModuleName, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await handle(.delete, by: BotModule.self, on: .botModule(account, module), request) {
            try requireAccount(account)
        }
    }
}

extension Plan {
    /// As people write it.
    fileprivate var title: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}
