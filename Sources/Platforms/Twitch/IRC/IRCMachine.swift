import Domain

/// One connection to Twitch's IRC as a value (dev.twitch.tv, "IRC Concepts").
///
/// Tags and commands are asked for, then the bot logs in and joins its rooms, no faster than Twitch allows. Whoever
/// hears nothing for a while asks the other side whether it is there.
struct IRCMachine: ChatMachine {
    typealias Call = Never
    typealias Answer = Void
    typealias Order = ChatOrder<Never>

    static let loginWithin = Duration.seconds(15)
    static let joinWithin = Duration.seconds(15)
    static let pingAfter = Duration.seconds(15)
    static let pongWithin = Duration.seconds(10)
    static let joinRest = Duration.seconds(60)
    /// Rights come back without anybody telling us.
    static let refusalRest = Duration.seconds(300)
    static let aliveEvery = Duration.milliseconds(5000)
    static let roomsMax = 1000

    enum Link: Equatable, Sendable {
        case idle
        /// Not logged in yet.
        case opening(SocketID, until: Duration)
        case open(SocketID, heardAt: Duration, pingedAt: Duration?)
        case resting(until: Duration)
    }

    let url: String
    let bot: TwitchCredentials
    let rest: ReconnectRest
    var link = Link.idle
    var rooms: [IRCRoom] = []
    var failures = 0
    var aliveAt: Duration?
    /// When the last rooms were joined, as far as Twitch still counts them.
    var joins: [Duration] = []
    private var socketsOpened = 0

    init(url: String, bot: TwitchCredentials, rest: ReconnectRest = ReconnectRest()) {
        (self.url, self.bot, self.rest) = (url, bot, rest)
    }

    mutating func handle(_ input: ChatInput<Never, Void>, at now: ChatMoment) -> [Order] {
        switch input {
        case .joined(let channel, let login): join(IRCRoom(channel: channel, login: login), at: now)
        case .left(let id): leave(id)
        // IRC tells of nothing but chat.
        case .wanted: []
        case .opened(let socket): logIn(socket, at: now)
        case .text(let socket, let text): read(text, from: socket, at: now)
        case .closed(let socket, let closing): socket == self.socket ? fail(closing.reason, at: now) : []
        case .woken: wake(at: now)
        }
    }

    var socket: SocketID? {
        switch link {
        case .opening(let socket, _), .open(let socket, _, _): socket
        case .idle, .resting: nil
        }
    }

    var deadline: Duration? {
        switch link {
        case .idle: nil
        case .opening(_, let until), .resting(let until): until
        case .open(_, let heardAt, let pingedAt):
            ([pingedAt.map { $0 + Self.pongWithin } ?? heardAt + Self.pingAfter] + rooms.compactMap(\.deadline)
                + (rooms.contains { $0.state == .wanted } ? [nextJoin].compactMap(\.self) : [])).min()
        }
    }

    private mutating func wake(at now: ChatMoment) -> [Order] {
        switch link {
        case .idle: return []
        case .resting(let until): return now.elapsed >= until ? connect(at: now) : []
        case .opening(let socket, let until):
            guard now.elapsed >= until else { return [] }
            return [.close(socket)] + fail("no login within \(Self.loginWithin)", at: now)
        case .open(let socket, let heardAt, let pingedAt):
            if let pingedAt, now.elapsed >= pingedAt + Self.pongWithin {
                return [.close(socket)] + fail("nothing was heard for \(now.elapsed - heardAt)", at: now)
            }
            var orders = giveUpJoins(at: now) + joinRooms(at: now)
            if pingedAt == nil, now.elapsed >= heardAt + Self.pingAfter {
                link = .open(socket, heardAt: heardAt, pingedAt: now.elapsed)
                orders.append(.send(socket, Secret("PING :alive")))
            }
            return orders
        }
    }

    // MARK: opening and ending

    mutating func connect(at now: ChatMoment) -> [Order] {
        forgetRests(at: now)
        guard rooms.contains(where: { !$0.isRefused }) else {
            link = rooms.compactMap(\.deadline).min().map { .resting(until: $0) } ?? .idle
            return []
        }
        socketsOpened += 1
        let socket = SocketID(number: socketsOpened)
        link = .opening(socket, until: now.elapsed + Self.loginWithin)
        return [.connect(socket, url: url)]
    }

    private mutating func logIn(_ socket: SocketID, at now: ChatMoment) -> [Order] {
        guard case .opening(socket, _) = link else { return [] }
        // A line end in either would begin another command.
        guard IRCRoom.isName(bot.login), bot.token.exposed.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return refuse("login or token hold what no login or token holds", at: now)
        }
        return [
            .send(socket, Secret("CAP REQ :twitch.tv/tags twitch.tv/commands")),
            .send(socket, Secret("PASS oauth:\(bot.token.exposed)")), .send(socket, Secret("NICK \(bot.login)")),
        ]
    }

    /// Everything is to be made again, after a rest.
    mutating func fail(_ reason: String, at now: ChatMoment) -> [Order] {
        failures += 1
        link = .resting(until: now.elapsed + rest.rest(after: failures))
        return lose(reason)
    }

    /// No room is heard any more.
    mutating func lose(_ reason: String) -> [Order] {
        aliveAt = nil
        for index in rooms.indices where !rooms[index].isRefused { rooms[index].state = .wanted }
        return rooms.filter { !$0.isRefused }.map { .deliver(.lost($0.channel, reason: reason)) }
    }

    /// Nothing helps but other credentials.
    mutating func refuse(_ reason: String, at now: ChatMoment) -> [Order] {
        let until = now.elapsed + Self.refusalRest
        let close = socket.map { [Order.close($0)] } ?? []
        link = .resting(until: until)
        for index in rooms.indices { rooms[index].state = .refused(until: until) }
        return close + rooms.map { .deliver(.refused($0.channel, reason: reason)) }
    }
}
