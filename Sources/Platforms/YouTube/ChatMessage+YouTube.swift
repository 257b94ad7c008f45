import Domain

extension ChatMessage {
    /// One item of a page of chat; nil when nobody wrote it, or when it lacks what no message can be without.
    init?(youTube item: JSON, in channel: ChatChannel, bot: String) {
        guard let id = item["id"]?.string, !id.isEmpty, let snippet = item["snippet"],
            let author = ChatUser(youTube: item["authorDetails"] ?? .null, in: channel, bot: bot),
            let text = Self.youTubeText(snippet), let sentAt = snippet["publishedAt"]?.string.flatMap({ Timestamp($0) })
        else { return nil }
        self.init(
            channel: channel, id: id, author: author, text: text, marks: ChatMarks.mentions(in: text), sentAt: sentAt)
    }

    /// What the author wrote, in ordinary messages and beside money.
    private static func youTubeText(_ snippet: JSON) -> String? {
        switch snippet["type"]?.string {
        case "textMessageEvent":
            snippet["textMessageDetails"]?["messageText"]?.string ?? snippet["displayMessage"]?.string
        case "superChatEvent": snippet["superChatDetails"]?["userComment"]?.string
        default: nil
        }
    }
}

extension ChatUser {
    /// What stands in `authorDetails`; nil when that is nobody.
    init?(youTube author: JSON, in channel: ChatChannel, bot: String) {
        guard let user = author["channelId"]?.string, !user.isEmpty,
            let name = author["displayName"]?.string, !name.isEmpty
        else { return nil }
        var roles: ChatRoles = []
        if author["isChatOwner"]?.bool == true || user == channel.id { roles.insert(.broadcaster) }
        if author["isChatModerator"]?.bool == true { roles.insert(.moderator) }
        if author["isChatSponsor"]?.bool == true { roles.insert(.subscriber) }
        if user == bot { roles.insert(.ownBot) }
        self.init(id: user, login: name, name: name, roles: roles)
    }
}
