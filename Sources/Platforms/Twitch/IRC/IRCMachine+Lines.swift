import Domain

/// What the other side says.
extension IRCMachine {
    /// Rooms that the bot may not enter (dev.twitch.tv, "NOTICE").
    private static let refusals: Set<String> = [
        "msg_banned", "msg_channel_suspended", "msg_channel_blocked", "msg_room_not_found", "tos_ban",
    ]
    private static let loginRefusals = [
        "login authentication failed", "login unsuccessful", "improperly formatted auth", "invalid nick",
    ]

    mutating func read(_ text: String, from socket: SocketID, at now: ChatMoment) -> [Order] {
        guard socket == self.socket else { return [] }
        var orders: [Order] = []
        if case .open = link {
            link = .open(socket, heardAt: now.elapsed, pingedAt: nil)
            orders = alive(at: now)
        }
        // What cannot be read is heard all the same: the connection lives.
        guard let line = try? IRCLine(parsing: text) else { return orders }
        return orders + obey(line, on: socket, at: now)
    }

    private mutating func alive(at now: ChatMoment) -> [Order] {
        guard aliveAt.map({ now.elapsed - $0 >= Self.aliveEvery }) ?? true else { return [] }
        aliveAt = now.elapsed
        return rooms.filter { $0.state == .live }.map { .deliver(.alive($0.channel, at: now.wall)) }
    }

    private mutating func obey(_ line: IRCLine, on socket: SocketID, at now: ChatMoment) -> [Order] {
        switch line.command {
        case "PRIVMSG": deliver(line)
        case "PING": [.send(socket, Secret("PONG :\(line.trailing ?? "")"))]
        case "001": welcome(socket, at: now)
        case "JOIN" where line.nick == bot.login, "ROOMSTATE": enter(line, at: now)
        case "PART" where line.nick == bot.login: fallOut(line, at: now)
        case "NOTICE": notice(line, at: now)
        case "RECONNECT": [.close(socket)] + lose("Twitch asked to connect again") + connect(at: now)
        case "CAP" where line.parameters.dropFirst().first == "NAK":
            [.close(socket)] + fail("Twitch gives no tags", at: now)
        default: []
        }
    }

    private func deliver(_ line: IRCLine) -> [Order] {
        guard let room = room(of: line).map({ rooms[$0] }),
            let message = ChatMessage(irc: line, account: room.channel.accountID, bot: bot.userID),
            message.channel == room.channel
        else { return [] }
        return [.deliver(.message(message))]
    }

    private mutating func welcome(_ socket: SocketID, at now: ChatMoment) -> [Order] {
        guard case .opening = link else { return [] }
        link = .open(socket, heardAt: now.elapsed, pingedAt: nil)
        return joinRooms(at: now)
    }

    private mutating func enter(_ line: IRCLine, at now: ChatMoment) -> [Order] {
        guard let index = room(of: line), case .asked = rooms[index].state else { return [] }
        rooms[index].state = .live
        failures = 0
        return [.deliver(.alive(rooms[index].channel, at: now.wall))]
    }

    private mutating func fallOut(_ line: IRCLine, at now: ChatMoment) -> [Order] {
        guard let index = room(of: line), rooms[index].state == .live else { return [] }
        rooms[index].state = .waiting(until: now.elapsed + Self.joinRest)
        return [.deliver(.lost(rooms[index].channel, reason: "Twitch took the bot out of the room"))]
    }

    private mutating func notice(_ line: IRCLine, at now: ChatMoment) -> [Order] {
        let text = line.trailing ?? ""
        if case .opening = link, Self.loginRefusals.contains(where: { text.lowercased().hasPrefix($0) }) {
            return refuse(ChatText.reason(bot.hidden(in: text)), at: now)
        }
        guard let id = line.tag("msg-id"), Self.refusals.contains(id), let index = room(of: line) else { return [] }
        rooms[index].state = .refused(until: now.elapsed + Self.refusalRest)
        return [.deliver(.refused(rooms[index].channel, reason: ChatText.reason("\(id): \(text)")))]
    }

    /// The room that a line names first.
    private func room(of line: IRCLine) -> Int? {
        guard let name = line.parameters.first, name.hasPrefix("#") else { return nil }
        return rooms.firstIndex { $0.login == name.dropFirst() }
    }
}
