import Domain

extension ChatMessage {
    /// What a line of Twitch's chat says; nil when it is none (another command), or lacks what no message can be
    /// without: its id, the room, the user, the moment.
    ///
    /// - Parameters:
    ///   - account: whose bot is in the room.
    ///   - bot: the user id of Lumio's own bot, whose lines are marked as such.
    package init?(irc line: IRCLine, account: AccountID, bot: String? = nil) {
        guard line.isCommand("PRIVMSG"), line.parameterCount == 2, let content = line.trailing,
            let id = line.tag("id"), !id.isEmpty, let room = line.tag("room-id"), !room.isEmpty,
            let userID = line.tag("user-id"), !userID.isEmpty, let login = line.nick, !login.isEmpty,
            let sentAt = line.tag("tmi-sent-ts").flatMap(Timestamp.init(twitchMilliseconds:))
        else { return nil }
        // The positions of emotes do not count the frame of `/me`.
        let text = TwitchText.withoutAction(content)
        var roles = line.tagBytes("badges").map { ChatRoles(ircBadges: line.bytes[$0]) } ?? []
        if userID == room { roles.insert(.broadcaster) }
        if userID == bot { roles.insert(.ownBot) }
        let name = line.tag("display-name") ?? ""
        let emotes = line.tagBytes("emotes").map { TwitchEmotes.positions(in: line.bytes[$0]) } ?? []
        self.init(
            channel: ChatChannel(platform: .twitch, accountID: account, id: room), id: id,
            author: ChatUser(id: userID, login: login, name: name.isEmpty ? login : name, roles: roles), text: text,
            marks: TwitchMarks.marks(of: text, emotes: emotes), sentAt: sentAt)
    }
}

extension Timestamp {
    /// Milliseconds since 1970, as Twitch writes them; nil for what is no moment.
    init?(twitchMilliseconds text: String) {
        guard let milliseconds = Int(text), (0...253_402_300_799_999).contains(milliseconds) else { return nil }
        self.init(microseconds: milliseconds * 1000)
    }
}
