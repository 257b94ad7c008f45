import Domain

extension CommandHandler {
    /// - Throws: `ValidationFailed` when an account's command asks for a lower role than the global one of its name.
    package func upsertBotCommand(
        _ name: CommandName, of scope: CommandScope, _ definition: BotCommand.Definition, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        let entity = EntityID.botCommand(scope, name)
        return try await handle(.upsert(definition), by: BotCommand.self, on: entity, request) {
            guard let account = scope.account else { return }
            try requireAccount(account)
            try requireRole(definition.minimumRole, of: name)
        }
    }

    package func deleteBotCommand(
        _ name: CommandName, of scope: CommandScope, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await handle(.delete, by: BotCommand.self, on: .botCommand(scope, name), request) {
            if let account = scope.account { try requireAccount(account) }
        }
    }

    /// A global command that becomes stricter later is obeyed by the workers: the higher of both roles counts.
    private func requireRole(_ role: CommandRole, of name: CommandName) throws {
        guard let global = try load(BotCommand.self, .botCommand(.global, name)).state, role < global.minimumRole else {
            return
        }
        throw ValidationFailed(
            path: "minimum_role", code: "too_low",
            message: "must be \(global.minimumRole.rawValue) or higher: the global command !\(name) asks for that")
    }
}
