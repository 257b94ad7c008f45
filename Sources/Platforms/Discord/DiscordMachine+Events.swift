import Domain

/// What the gateway says.
extension DiscordMachine {
    mutating func read(_ text: String, from socket: SocketID, at now: ChatMoment) -> [Order] {
        guard socket == self.socket, let json = try? JSONParser.parse(Array(text.utf8)) else { return [] }
        if let sequence = json["s"]?.integer { session?.sequence = sequence }
        switch json["op"]?.integer {
        case 0: return dispatch(json["t"]?.string ?? "", json["d"] ?? .null, json["s"]?.integer ?? 0, socket, at: now)
        case 1: return heartbeat == nil ? [] : beatNow(on: socket, at: now)
        case 7: return fail("Discord asked to connect again", at: now)
        case 9:
            if json["d"]?.bool != true { session = nil }
            return fail("Discord has ended the session", at: now)
        case 10:
            guard let milliseconds = json["d"]?["heartbeat_interval"]?.integer, (1...600_000).contains(milliseconds)
            else { return fail("HELLO says no interval", at: now) }
            return hello(.milliseconds(milliseconds), on: socket, at: now)
        case 11:
            heartbeat?.answer()
            return alive(at: now)
        default: return []
        }
    }

    private mutating func dispatch(
        _ name: String, _ data: JSON, _ sequence: Int, _ socket: SocketID, at now: ChatMoment
    ) -> [Order] {
        switch name {
        case "READY": return ready(data, sequence, socket, at: now)
        case "RESUMED":
            (link, failures) = (.open(socket), 0)
            return enliven(at: now)
        case "GUILD_CREATE":
            guilds.learn(guild: data)
            return enliven(at: now)
        case "GUILD_UPDATE": learnOwner(data)
        case "GUILD_DELETE": return lose(guild: data)
        case "GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE":
            if let role = data["role"], let guild = data["guild_id"]?.string { guilds.learn(role: role, in: guild) }
        case "GUILD_ROLE_DELETE":
            if let role = data["role_id"]?.string, let guild = data["guild_id"]?.string {
                guilds.forget(role: role, in: guild)
            }
        case "CHANNEL_CREATE", "THREAD_CREATE": guilds.learn(channel: data, isThere: true)
        case "CHANNEL_DELETE", "THREAD_DELETE": guilds.learn(channel: data, isThere: false)
        case "MESSAGE_CREATE": return message(data, isEdit: false, at: now)
        case "MESSAGE_UPDATE": return message(data, isEdit: true, at: now)
        case "GUILD_BAN_ADD": return ban(data, sequence, at: now)
        default: break
        }
        return []
    }

    private mutating func ready(_ data: JSON, _ sequence: Int, _ socket: SocketID, at now: ChatMoment) -> [Order] {
        guard case .entering(socket, _) = link, let id = data["session_id"]?.string else { return [] }
        let resumeURL = data["resume_gateway_url"]?.string ?? url
        session = DiscordSession(id: id, resumeURL: resumeURL, sequence: sequence)
        (link, failures) = (.open(socket), 0)
        guildsUntil = now.elapsed + Self.guildsWithin
        return enliven(at: now)
    }

    /// Whoever is in a server that is known is heard.
    mutating func enliven(at now: ChatMoment) -> [Order] {
        var orders: [Order] = []
        for (id, room) in rooms where !room.isLive && guilds.guild(of: id) != nil {
            rooms[id]?.isLive = true
            orders.append(.deliver(.alive(room.channel, at: now.wall)))
        }
        return orders
    }

    mutating func refuseUnknown(at now: ChatMoment) -> [Order] {
        guard guildsUntil == nil else { return [] }
        return rooms.values.filter { !$0.isLive }.map { room in
            .deliver(.refused(room.channel, reason: "the bot is in no such server or channel: invite it"))
        }
    }

    private mutating func lose(guild data: JSON) -> [Order] {
        guard let id = data["id"]?.string else { return [] }
        let isOutage = data["unavailable"]?.bool == true
        var orders: [Order] = []
        for (name, room) in rooms where room.isLive && guilds.guild(of: name) == id {
            rooms[name]?.isLive = false
            orders.append(
                .deliver(
                    isOutage
                        ? .lost(room.channel, reason: "Discord cannot reach the server at the moment")
                        : .refused(room.channel, reason: "the bot was taken out of the server: invite it")))
        }
        guilds.forget(guild: id)
        return orders
    }

    /// It comes without channels, and is no reason to forget them.
    private func learnOwner(_ data: JSON) {
        for role in data["roles"]?.array ?? [] {
            if let guild = data["id"]?.string { guilds.learn(role: role, in: guild) }
        }
    }

    /// Not with every line.
    mutating func alive(at now: ChatMoment) -> [Order] {
        guard case .open = link, emptyCount < Self.emptyMax,
            aliveAt.map({ now.elapsed - $0 >= Self.aliveEvery }) ?? true
        else { return [] }
        aliveAt = now.elapsed
        return rooms.values.filter(\.isLive).map { .deliver(.alive($0.channel, at: now.wall)) }
    }

    private mutating func message(_ data: JSON, isEdit: Bool, at now: ChatMoment) -> [Order] {
        // What was missed comes again before RESUMED.
        guard heartbeat != nil, let guild = data["guild_id"]?.string, let channel = data["channel_id"]?.string,
            let room = rooms[channel] ?? rooms[guild]
        else { return [] }
        guilds.learn(channel, in: guild)
        let orders = alive(at: now) + watchText(data)
        guard
            let message = ChatMessage(
                discord: data, account: room.channel.accountID, bot: bot, guilds: guilds, isEdit: isEdit),
            recent.insert(isEdit ? "\(message.id) \(message.sentAt)" : message.id)
        else { return orders }
        return orders + [.deliver(.message(message))]
    }

    /// A bot that may not read gets messages without their text: connected, but deaf, and in every channel.
    private mutating func watchText(_ data: JSON) -> [Order] {
        let isOther = data["author"]?["id"]?.string != bot && data["author"]?["bot"]?.bool != true
        guard isOther, data["type"]?.integer ?? 0 == 0 else { return [] }
        let parts = ["attachments", "embeds", "sticker_items", "components"]
        guard data["content"]?.string == "", parts.allSatisfy({ (data[$0]?.array ?? []).isEmpty }), data["poll"] == nil,
            data["message_snapshots"] == nil
        else {
            emptyCount = 0
            return []
        }
        emptyCount += 1
        guard emptyCount == Self.emptyMax else { return [] }
        let reason =
            "messages come without their text: switch on \"Message Content Intent\" in the application's settings"
        return rooms.values.filter(\.isLive).map { .deliver(.refused($0.channel, reason: reason)) }
    }
}
