import Domain

extension PlatformEvent {
    /// What GUILD_BAN_ADD says; nil when it lacks what no such event can be without. It tells neither who has banned
    /// nor why, has no name of its own, and is sent once in a session under a number.
    init?(
        discordBan data: JSON, in channel: ChatChannel, session: DiscordSession, sequence: Int, bot: String,
        at now: Timestamp
    ) {
        guard let user = data["user"], let id = user["id"]?.string, !id.isEmpty,
            let login = user["username"]?.string, !login.isEmpty
        else { return nil }
        let name = user["global_name"]?.string ?? login
        var roles: ChatRoles = user["bot"]?.bool == true ? .bot : []
        if id == bot { roles = .ownBot }
        self.init(
            .ban, in: channel, id: "\(session.id) \(sequence) \(channel.id)",
            user: ChatUser(id: id, login: login, name: name.isEmpty ? login : name, roles: roles), at: now,
            data: ["isPermanent": true])
    }
}

extension DiscordMachine {
    /// Told wherever a bot of ours is in the server.
    mutating func ban(_ data: JSON, _ sequence: Int, at now: ChatMoment) -> [Order] {
        // What was missed comes again before RESUMED.
        guard heartbeat != nil, let session, let guild = data["guild_id"]?.string else { return [] }
        let there = rooms.filter { $0.key == guild || guilds.guild(of: $0.key) == guild }.values.map(\.channel)
        return alive(at: now)
            + there.compactMap { channel in
                PlatformEvent(
                    discordBan: data, in: channel, session: session, sequence: sequence, bot: bot, at: now.wall)
            }.filter { recent.insert($0.id) }.map { .deliver(.happened($0)) }
    }
}
