import Domain

/// The connections to Trovo's chat as a value (developer.trovo.live, "Chat Service").
///
/// For each channel a token is asked for, a socket opened with it, and entered with AUTH. From then on the client says
/// PING, as often as the last PONG has asked for, and hears CHAT, whose first entries are history. After a break what
/// was said meanwhile comes again as history, and is handed over.
struct TrovoMachine: ChatMachine {
    struct Call: Equatable, Sendable {
        let channelID: String
        /// Tells an answer from one to an earlier question.
        let number: Int
    }

    enum Answer: Equatable, Sendable {
        case token(Secret)
        case refused(String)
        case failed(String, retryAfter: Duration?)
    }

    typealias Order = ChatOrder<Call>

    static let openWithin = Duration.seconds(15)
    static let enterWithin = Duration.seconds(10)
    static let pongWithin = Duration.seconds(10)
    static let pingDefault = Duration.seconds(30)
    static let historyWithin = Duration.seconds(5)
    static let refusalRest = Duration.seconds(300)
    /// Connections in the making: a restart must not knock at every door at once.
    static let underWayMax = 8

    let url: String
    let bot: String
    let rest: ReconnectRest
    private(set) var rooms: [String: TrovoRoom] = [:]
    private var order: [String] = []
    private var owners: [SocketID: String] = [:]
    private var count = 0

    init(url: String, bot: String, rest: ReconnectRest = ReconnectRest()) {
        (self.url, self.bot, self.rest) = (url, bot, rest)
    }

    /// Sockets of which something is still heard.
    var ownerCount: Int { owners.count }

    /// Or earlier: it is looked for among all rooms when it has come, not with every line that somebody writes.
    private(set) var deadline: Duration?

    mutating func handle(_ input: ChatInput<Call, Answer>, at now: ChatMoment) -> [Order] {
        let id = room(of: input)
        var isOpen: Bool { if case .open? = id.flatMap({ rooms[$0]?.link }) { true } else { false } }
        let wasOpen = isOpen
        var orders = obey(input, at: now)
        if case .woken = input {
            deadline = rooms.values.compactMap(\.deadline).min()
        } else if let next = id.flatMap({ rooms[$0]?.deadline }) {
            deadline = min(deadline ?? next, next)
        }
        // Where somebody only writes, nobody waits for a connection.
        if !(wasOpen && isOpen) { orders += ask() }
        return orders
    }

    private func room(of input: ChatInput<Call, Answer>) -> String? {
        switch input {
        case .joined(let channel, _): channel.id
        case .left(let id): id
        case .opened(let socket), .text(let socket, _), .closed(let socket, _): owners[socket]
        case .answered(let call, _): call.channelID
        case .wanted, .woken: nil
        }
    }

    private mutating func obey(_ input: ChatInput<Call, Answer>, at now: ChatMoment) -> [Order] {
        switch input {
        case .joined(let channel, _): join(channel)
        case .left(let id): leave(id)
        case .wanted: []
        case .opened(let socket): enter(socket, at: now)
        case .text(let socket, let text): read(text, from: socket, at: now)
        case .closed(let socket, let closing): lose(socket, closing.reason, at: now)
        case .answered(let call, let answer): take(answer, to: call, at: now)
        case .woken: wake(at: now)
        }
    }

    // MARK: rooms

    private mutating func join(_ channel: ChatChannel) -> [Order] {
        if let known = rooms[channel.id], known.channel == channel {
            if case .refused = known.link { rooms[channel.id]?.link = .wanted }
            return []
        }
        let orders = leave(channel.id)
        rooms[channel.id] = TrovoRoom(channel: channel)
        order.append(channel.id)
        return orders
    }

    private mutating func leave(_ id: String) -> [Order] {
        order.removeAll { $0 == id }
        guard let socket = rooms.removeValue(forKey: id)?.socket else { return [] }
        owners[socket] = nil
        return [.close(socket)]
    }

    private mutating func ask() -> [Order] {
        var free = Self.underWayMax - rooms.values.count { $0.isUnderWay }
        guard free > 0 else { return [] }
        var orders: [Order] = []
        for id in order where free > 0 && rooms[id]?.link == .wanted {
            count += 1
            rooms[id]?.link = .asking(count)
            orders.append(.call(Call(channelID: id, number: count)))
            free -= 1
        }
        return orders
    }

    private mutating func take(_ answer: Answer, to call: Call, at now: ChatMoment) -> [Order] {
        guard let room = rooms[call.channelID], room.link == .asking(call.number) else { return [] }
        switch answer {
        case .token(let token):
            let socket = newSocket(for: call.channelID)
            rooms[call.channelID]?.link = .opening(socket, token, until: now.elapsed + Self.openWithin)
            return [.connect(socket, url: url)]
        case .refused(let reason):
            rooms[call.channelID]?.link = .refused(until: now.elapsed + Self.refusalRest)
            return [.deliver(.refused(room.channel, reason: reason))]
        case .failed(let reason, let after): return fail(call.channelID, reason, after: after, at: now)
        }
    }

    private mutating func newSocket(for id: String) -> SocketID {
        count += 1
        let socket = SocketID(number: count)
        owners[socket] = id
        return socket
    }

    // MARK: sockets

    private mutating func enter(_ socket: SocketID, at now: ChatMoment) -> [Order] {
        guard let id = owners[socket], case .opening(socket, let token, _)? = rooms[id]?.link else { return [] }
        rooms[id]?.link = .entering(socket, until: now.elapsed + Self.enterWithin)
        let auth: JSON = ["type": "AUTH", "nonce": "auth", "data": ["token": .string(token.exposed)]]
        return [.send(socket, Secret(auth.text))]
    }

    private mutating func lose(_ socket: SocketID, _ reason: String, at now: ChatMoment) -> [Order] {
        guard let id = owners.removeValue(forKey: socket), rooms[id]?.socket == socket else { return [] }
        return fail(id, reason, after: nil, at: now)
    }

    private mutating func fail(_ id: String, _ reason: String, after: Duration?, at now: ChatMoment) -> [Order] {
        guard var room = rooms[id] else { return [] }
        room.failures += 1
        room.link = .resting(until: now.elapsed + max(rest.rest(after: room.failures), after ?? .zero))
        rooms[id] = room
        return [.deliver(.lost(room.channel, reason: reason))]
    }

    private mutating func hangUp(_ id: String, _ reason: String, at now: ChatMoment) -> [Order] {
        guard let socket = rooms[id]?.socket else { return [] }
        owners[socket] = nil
        return [.close(socket)] + fail(id, reason, after: nil, at: now)
    }

    private mutating func wake(at now: ChatMoment) -> [Order] {
        var orders: [Order] = []
        for id in order {
            guard let room = rooms[id], let deadline = room.deadline, deadline <= now.elapsed else { continue }
            switch room.link {
            case .wanted, .asking: break
            case .resting, .refused: rooms[id]?.link = .wanted
            case .opening: orders += hangUp(id, "no connection within \(Self.openWithin)", at: now)
            case .entering: orders += hangUp(id, "no answer to AUTH within \(Self.enterWithin)", at: now)
            case .open(_, _, .some): orders += hangUp(id, "no PONG within \(Self.pongWithin)", at: now)
            case .open(let socket, let pingAt, nil):
                rooms[id]?.link = .open(socket, pingAt: pingAt, pongUntil: now.elapsed + Self.pongWithin)
                orders.append(.send(socket, Secret(#"{"type":"PING","nonce":"ping"}"#)))
            }
        }
        return orders
    }

    // MARK: what is heard

    private mutating func read(_ text: String, from socket: SocketID, at now: ChatMoment) -> [Order] {
        guard let id = owners[socket], let room = rooms[id], room.socket == socket,
            let json = try? JSONParser.parse(Array(text.utf8))
        else { return [] }
        switch json["type"]?.string {
        case "RESPONSE": return answered(id, json, at: now)
        case "PONG": return pong(id, json, at: now)
        case "CHAT": return chat(id, json, at: now)
        default: return []
        }
    }

    private mutating func answered(_ id: String, _ json: JSON, at now: ChatMoment) -> [Order] {
        guard var room = rooms[id], case .entering(let socket, _) = room.link else { return [] }
        if let error = json["error"]?.string, !error.isEmpty {
            // The token was too old, or is not taken: the next one may be.
            return hangUp(id, ChatText.reason("AUTH was refused: \(error)"), at: now)
        }
        room.link = .open(socket, pingAt: now.elapsed + Self.pingDefault, pongUntil: nil)
        // Trovo tells whole seconds: what was said in this one may have been said before.
        room.hearFrom = room.hearFrom ?? Timestamp(microseconds: (now.wall.microseconds / 1_000_000 + 1) * 1_000_000)
        room.hasHistory = false
        room.historyUntil = now.elapsed + Self.historyWithin
        room.failures = 0
        rooms[id] = room
        return [.deliver(.alive(room.channel, at: now.wall))]
    }

    private mutating func pong(_ id: String, _ json: JSON, at now: ChatMoment) -> [Order] {
        guard let room = rooms[id], case .open(let socket, _, _) = room.link else { return [] }
        let gap = json["data"]?["gap"]?.integer.map { Duration.seconds(min(max($0, 5), 60)) } ?? Self.pingDefault
        rooms[id]?.link = .open(socket, pingAt: now.elapsed + gap, pongUntil: nil)
        rooms[id]?.aliveAt = now.elapsed
        return [.deliver(.alive(room.channel, at: now.wall))]
    }

    private mutating func chat(_ id: String, _ json: JSON, at now: ChatMoment) -> [Order] {
        // Taken out while it is changed, or all that it remembers would be copied.
        guard case .open? = rooms[id]?.link, var room = rooms.removeValue(forKey: id) else { return [] }
        defer { rooms[id] = room }
        let mayBeHistory = now.elapsed < room.historyUntil
        // The first entries are history for sure, later ones when they are old: clocks differ.
        let tolerance = room.hasHistory ? 2.0 : 0
        room.hasHistory = true
        var orders: [Order] = room.tellsAlive(at: now.elapsed) ? [.deliver(.alive(room.channel, at: now.wall))] : []
        for entry in json["data"]?["chats"]?.array ?? [] {
            guard let (event, id, sentAt) = hear(entry, in: room.channel) else { continue }
            if mayBeHistory, let from = room.hearFrom, sentAt.seconds(since: from) < -tolerance { continue }
            if room.recent.insert(id), room.tells(event, type: entry["type"]?.integer) { orders.append(.deliver(event)) }
            room.hearFrom = max(room.hearFrom ?? sentAt, sentAt)
        }
        return orders
    }

    private func hear(_ entry: JSON, in channel: ChatChannel) -> (ChatEvent, id: String, sentAt: Timestamp)? {
        if let message = ChatMessage(trovo: entry, in: channel, bot: bot) {
            return (.message(message), message.id, message.sentAt)
        }
        return PlatformEvent(trovo: entry, in: channel, bot: bot).map { (.happened($0), $0.id, $0.at) }
    }
}
