import Domain

@testable import Worker

extension ChatChannel {
    static func sample(_ name: String = "c", account: String = "acct_1", on platform: Platform = .twitch) -> Self {
        ChatChannel(platform: platform, accountID: AccountID(stored: account), id: name)
    }
}

extension ChatUser {
    static func sample(_ id: String = "7", roles: ChatRoles = []) -> Self {
        ChatUser(id: id, login: "user\(id)", name: "User\(id)", roles: roles)
    }
}

extension PendingAction {
    static func sample(
        _ action: ChatAction, in channel: ChatChannel = .sample(), at now: MonotonicClock.Instant
    ) -> PendingAction {
        let record = ModerationRecord(
            at: Timestamp(microseconds: 0), worker: "w", channel: channel, messageID: "m", author: .sample(),
            text: "buy", module: "word_filter", rule: "blocked_words", action: action.name, reason: "blocked",
            outcome: .observed)
        return PendingAction(action, record: record, decidedAt: now)
    }

    static func delete(_ id: String, in channel: ChatChannel = .sample(), at now: MonotonicClock.Instant) -> Self {
        sample(.delete(messageID: id), in: channel, at: now)
    }

    static func say(_ text: String, in channel: ChatChannel = .sample(), at now: MonotonicClock.Instant) -> Self {
        sample(.say(text: text, replyTo: nil), in: channel, at: now)
    }
}

extension ChatMessage {
    static func sample(
        _ id: String = "m", _ text: String = "hello", in channel: ChatChannel = .sample(),
        by author: ChatUser = .sample(),
        at sentAt: Timestamp = Samples.now
    ) -> ChatMessage {
        ChatMessage(channel: channel, id: id, author: author, text: text, sentAt: sentAt)
    }

    var json: [UInt8] {
        var writer = JSONWriter()
        encode(into: &writer)
        return writer.bytes
    }
}
