import Domain

extension ChatMessage {
    /// What an event of `channel.chat.message` (version 1) says; nil when it lacks what no message can be without.
    ///
    /// The `source_*` members belong to the other channel of a shared chat and are not looked at.
    ///
    /// - Parameters:
    ///   - channel: whose events they are.
    ///   - sentAt: the moment of the notification, for the event has none.
    ///   - bot: the user id of Lumio's own bot, whose messages are marked as such.
    init?(eventSub event: JSON, in channel: ChatChannel, sentAt: Timestamp, bot: String?) {
        guard event["broadcaster_user_id"]?.string == channel.id, let id = event["message_id"]?.string, !id.isEmpty,
            let userID = event["chatter_user_id"]?.string, !userID.isEmpty,
            let login = event["chatter_user_login"]?.string, !login.isEmpty,
            let text = event["message"]?["text"]?.string
        else { return nil }
        var roles: ChatRoles = []
        for badge in event["badges"]?.array ?? [] {
            if let name = badge["set_id"]?.string { roles.formUnion(ChatRoles(twitchBadge: name)) }
        }
        if userID == channel.id { roles.insert(.broadcaster) }
        if userID == bot { roles.insert(.ownBot) }
        let name = event["chatter_user_name"]?.string ?? ""
        let plain = TwitchText.withoutAction(text)
        self.init(
            channel: channel, id: id,
            author: ChatUser(id: userID, login: login, name: name.isEmpty ? login : name, roles: roles), text: plain,
            marks: Self.marks(event["message"]?["fragments"]?.array ?? [], of: text, shown: plain), sentAt: sentAt)
    }

    /// The fragments are the text cut in pieces; of a `/me` with or without its frame. When they are not, nothing is
    /// known of emotes.
    private static func marks(_ fragments: [JSON], of text: String, shown plain: String) -> [ChatMark] {
        let pieces = fragments.map { $0["text"]?.string ?? "" }
        let joined = pieces.joined()
        let isShown = joined.utf8.elementsEqual(plain.utf8)
        guard isShown || joined.utf8.elementsEqual(text.utf8) else { return ChatMarks.mentions(in: plain) }
        var offset = isShown ? 0 : -TwitchText.actionShift(text, plain)
        var marks: [ChatMark] = []
        for (fragment, piece) in zip(fragments, pieces) {
            let range = offset..<(offset + piece.utf8.count)
            offset = range.upperBound
            guard let kind = kind(of: fragment), !range.isEmpty, range.lowerBound >= 0,
                range.upperBound <= plain.utf8.count
            else { continue }
            marks.append(ChatMark(kind, range))
        }
        return marks
    }

    private static func kind(of fragment: JSON) -> ChatMark.Kind? {
        switch fragment["type"]?.string {
        case "emote": .emote
        case "mention": .mention
        default: nil
        }
    }
}
