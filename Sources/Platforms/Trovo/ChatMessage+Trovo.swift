import Domain

extension ChatMessage {
    /// Kinds of chat that somebody wrote: ordinary, and the coloured and paid ones. The rest are spells and notices.
    private static let trovoKinds: Set<Int> = [0, 6, 7, 8, 9]

    /// One entry of a CHAT message; nil when nobody wrote it, or when it lacks what no message can be without.
    ///
    /// - Parameter bot: the user id of Lumio's own bot.
    init?(trovo chat: JSON, in channel: ChatChannel, bot: String) {
        guard let kind = chat["type"]?.integer, Self.trovoKinds.contains(kind),
            let id = chat["message_id"]?.string, !id.isEmpty, let text = chat["content"]?.string,
            let author = ChatUser(trovo: chat, in: channel, bot: bot), let sentAt = Timestamp(trovo: chat)
        else { return nil }
        self.init(
            channel: channel, id: TrovoMessageID(message: id, user: author.id).text, author: author,
            text: text, marks: ChatMarks.mentions(in: text), sentAt: sentAt)
    }
}

extension ChatUser {
    /// Whom an entry is from; nil when that is nobody who could be named.
    init?(trovo chat: JSON, in channel: ChatChannel, bot: String) {
        guard let user = chat.identity("sender_id") ?? chat.identity("uid") else { return nil }
        let name = chat["nick_name"]?.string ?? "", login = chat["user_name"]?.string ?? ""
        guard !(name.isEmpty && login.isEmpty) else { return nil }
        var roles = (chat["roles"]?.array ?? []).compactMap(\.string).reduce(into: ChatRoles()) {
            $0.formUnion(ChatRoles(trovoRole: $1))
        }
        if user == channel.id { roles.insert(.broadcaster) }
        if user == bot { roles.insert(.ownBot) }
        self.init(id: user, login: login.isEmpty ? name : login, name: name.isEmpty ? login : name, roles: roles)
    }
}

extension Timestamp {
    /// When an entry was sent, in whole seconds.
    init?(trovo chat: JSON) {
        guard let seconds = chat["send_time"]?.integer, (0...253_402_300_799).contains(seconds) else { return nil }
        self.init(microseconds: seconds * 1_000_000)
    }
}

extension JSON {
    /// An id that is written as a number or as a text.
    func identity(_ name: String) -> String? {
        switch self[name] {
        case .string(let text)? where !text.isEmpty: text
        case .number(let literal)? where literal != "0": literal
        default: nil
        }
    }
}

extension ChatRoles {
    init(trovoRole name: String) {
        switch name {
        case "streamer": self = .broadcaster
        case "mod", "supermod", "editor": self = .moderator
        case "vip": self = .vip
        case "subscriber": self = .subscriber
        default: self = name.hasPrefix("sub_L") ? .subscriber : []
        }
    }
}
