import Domain

/// What a change is worth telling at once to whoever listens; nothing depends on its being heard.
struct CourtesyMessage: Equatable {
    let channel: String, text: String

    /// `bot_join` or `bot_leave`, by what the bot is to do from now on; a bot that goes on as before is told
    /// `bot_sync`, which the script finds out. For a module its name, on its account's channel.
    init?(_ change: FeedChange, _ keys: FeedKeys) {
        guard change.kind == .bot || change.kind == .botModule,
            let (account, rest) = try? EntityID.halves(of: change.key)
        else { return nil }
        if change.kind == .botModule {
            (channel, text) = (keys.botModules(account), rest)
        } else {
            (channel, text) = (keys.botAction(rest, account), Self.isActive(change.value) ? "bot_join" : "bot_leave")
        }
    }

    private static func isActive(_ value: [UInt8]?) -> Bool {
        guard let value else { return false }
        return value.withUnsafeBufferPointer { bytes in
            let document = try? BotDocument(decoding: StoredObject(bytes))
            return document?.status == .active
        }
    }
}
