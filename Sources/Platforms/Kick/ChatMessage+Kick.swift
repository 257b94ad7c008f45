import Domain

extension ChatMessage {
    /// What an event `chat.message.sent` (version 1) says; nil when it lacks what no message can be without.
    ///
    /// - Parameters:
    ///   - channel: whose events they are.
    ///   - bot: the user id of Lumio's own bot, where it is known.
    package init?(kick event: JSON, in channel: ChatChannel, bot: String?) {
        guard event["broadcaster"]?.identity("user_id") == channel.id, let id = event["message_id"]?.string,
            !id.isEmpty,
            let sender = event["sender"], let user = sender.identity("user_id"),
            let name = sender["username"]?.string, !name.isEmpty, let text = event["content"]?.string,
            let sentAt = event["created_at"]?.string.flatMap({ Timestamp($0) })
        else { return nil }
        // Who has no identity has no badges.
        var roles = (sender["identity"]?["badges"]?.array ?? []).reduce(into: ChatRoles()) { roles, badge in
            roles.formUnion(ChatRoles(kickBadge: badge["type"]?.string ?? ""))
        }
        if user == channel.id { roles.insert(.broadcaster) }
        if let bot, user == bot { roles.insert(.ownBot) }
        let slug = sender["channel_slug"]?.string ?? ""
        self.init(
            channel: channel, id: id,
            author: ChatUser(id: user, login: slug.isEmpty ? name.lowercased() : slug, name: name, roles: roles),
            text: text, marks: Self.kickMarks(text), sentAt: sentAt)
    }

    private static func kickMarks(_ text: String) -> [ChatMark] {
        let emotes = ChatMarks.inline(.emote, in: text, from: UInt8(ascii: "[")) { rest in
            guard rest.starts(with: "[emote:".utf8), let end = rest.firstIndex(of: UInt8(ascii: "]")),
                end - rest.startIndex <= 128
            else { return nil }
            return end - rest.startIndex + 1
        }
        return ChatMarks.merged(emotes, ChatMarks.mentions(in: text))
    }
}

extension ChatRoles {
    init(kickBadge name: String) {
        switch name {
        case "broadcaster": self = .broadcaster
        case "moderator": self = .moderator
        case "vip": self = .vip
        case "subscriber", "founder": self = .subscriber
        case "bot": self = .bot
        default: self = []
        }
    }
}
