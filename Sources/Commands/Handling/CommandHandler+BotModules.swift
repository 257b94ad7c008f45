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
            try requirePlan(account)
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

extension Refusal {
    static func planRequired(_ plan: Plan) -> Refusal {
        // As people write it.
        let title = plan.rawValue.prefix(1).uppercased() + plan.rawValue.dropFirst()
        return Refusal(
            .planRequired,
            """
            bot modules need the Pro plan and this account is on \(title): upgrade it, or ask an operator to allow \
            custom bots for it
            """)
    }
}
