import Domain

extension ChatMessage {
    /// Kinds of messages that somebody wrote: ordinary ones and replies.
    private static let discordKinds: Set<Int> = [0, 19]

    /// What MESSAGE_CREATE or MESSAGE_UPDATE says; nil when nobody wrote it, when it is no change of its text, or when
    /// it lacks what no message can be without.
    init?(discord event: JSON, account: AccountID, bot: String, guilds: DiscordGuilds, isEdit: Bool) {
        guard Self.discordKinds.contains(event["type"]?.integer ?? 0), let id = event["id"]?.string, !id.isEmpty,
            let channel = event["channel_id"]?.string, !channel.isEmpty, let guild = event["guild_id"]?.string,
            let author = event["author"], let user = author["id"]?.string, !user.isEmpty,
            let login = author["username"]?.string, !login.isEmpty, let text = event["content"]?.string,
            let moment = event[isEdit ? "edited_timestamp" : "timestamp"]?.string.flatMap({ Timestamp($0) })
        else { return nil }
        var roles = guilds.rolesOfMember(
            user, (event["member"]?["roles"]?.array ?? []).compactMap(\.string), in: guild)
        if user == bot { roles.insert(.ownBot) } else if author["bot"]?.bool == true { roles.insert(.bot) }
        if event["webhook_id"]?.string != nil { roles.insert(.bot) }
        let name = event["member"]?["nick"]?.string ?? author["global_name"]?.string ?? login
        self.init(
            channel: ChatChannel(platform: .discord, accountID: account, id: channel), id: id,
            author: ChatUser(id: user, login: login, name: name.isEmpty ? login : name, roles: roles), text: text,
            marks: Self.discordMarks(text), sentAt: moment, isEdit: isEdit)
    }

    /// `<:name:1>` and `<a:name:1>` are emotes; `<@1>`, `<@!1>`, `<@&1>` and `<#1>` mention somebody or something.
    private static func discordMarks(_ text: String) -> [ChatMark] {
        let emotes = ChatMarks.inline(.emote, in: text, from: UInt8(ascii: "<")) { rest in
            guard rest.starts(with: "<:".utf8) || rest.starts(with: "<a:".utf8) else { return nil }
            return discordLength(rest)
        }
        let mentions = ChatMarks.inline(.mention, in: text, from: UInt8(ascii: "<")) { rest in
            guard rest.starts(with: "<@".utf8) || rest.starts(with: "<#".utf8) else { return nil }
            return discordLength(rest)
        }
        return ChatMarks.merged(emotes, mentions)
    }

    /// Up to the `>`, when a number stands before it.
    private static func discordLength(_ rest: ArraySlice<UInt8>) -> Int? {
        guard let end = rest.prefix(96).firstIndex(of: UInt8(ascii: ">")), end > rest.startIndex,
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(rest[end - 1]),
            !rest[rest.startIndex..<end].contains(UInt8(ascii: " "))
        else { return nil }
        return end - rest.startIndex + 1
    }
}
