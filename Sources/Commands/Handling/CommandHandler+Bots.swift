import Domain

extension CommandHandler {
    /// - Throws: `Refusal(.providerDisabled)` while the platform takes no new channels.
    package func connectBot(
        _ account: AccountID, _ platform: Platform, _ connection: Bot.Connection, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        let entity = EntityID.bot(account, platform)
        return try await handle(.connect(connection), by: Bot.self, on: entity, request) {
            try requireAccount(account)
            let provider = try load(Provider.self, .provider(platform)).state
            let isConnected = try load(Bot.self, entity).state.connection == connection
            guard isConnected || provider.isOn(.platform) && provider.isOn(.channel) else {
                throw Refusal(
                    .providerDisabled,
                    "\(platform.rawValue) takes no new channels now: switch its channel flag on first")
            }
        }
    }

    package func disconnectBot(
        _ account: AccountID, _ platform: Platform, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await handle(.disconnect, by: Bot.self, on: .bot(account, platform), request) {
            try requireAccount(account)
        }
    }

    /// - Parameter until: when the pause ends by itself; must be to come.
    package func pauseBot(
        _ account: AccountID, _ platform: Platform, reason: String?, until: Timestamp?, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await handle(.pause(reason: reason, until: until), by: Bot.self, on: .bot(account, platform), request) {
            try requireAccount(account)
            if let until, until <= clock.now {
                throw ValidationFailed(path: "until", code: "out_of_range", message: "must be a moment to come")
            }
        }
    }

    package func resumeBot(
        _ account: AccountID, _ platform: Platform, reason: String?, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await handle(.resume(reason: reason), by: Bot.self, on: .bot(account, platform), request) {
            try requireAccount(account)
        }
    }

    /// Resumes a bot whose pause has come to its end, unless somebody has decided otherwise meanwhile.
    package func resumeBotOnSchedule(
        _ account: AccountID, _ platform: Platform, until: Timestamp, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await handle(.resumeOnSchedule(until: until), by: Bot.self, on: .bot(account, platform), request)
    }
}
