import Domain

extension CommandHandler {
    package func registerAccount(
        _ id: AccountID, name: String, plan: Plan, customBotAllowed: Bool?, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await handle(
            .register(name: name, plan: plan, customBotAllowed: customBotAllowed), by: Account.self, on: .account(id),
            request, creates: true)
    }

    /// Members that are nil stay as they are.
    package func changeAccount(
        _ id: AccountID, name: String?, plan: Plan?, customBotAllowed: Account.Limit?, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await handle(
            .change(name: name, plan: plan, customBotAllowed: customBotAllowed), by: Account.self, on: .account(id),
            request)
    }

    /// - Throws: `Refusal(.accountNotFound)`.
    @discardableResult
    package func requireAccount(_ id: AccountID) throws -> Account.Profile {
        guard let account = try load(Account.self, .account(id)).state else {
            throw Refusal(.accountNotFound, "there is no account \(id): register it first, or check the id")
        }
        return account
    }
}
