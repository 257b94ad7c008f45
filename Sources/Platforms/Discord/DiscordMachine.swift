import Domain

/// The gateway as a value (discord.com/developers, "Gateway"): one socket that carries the chat of all servers.
///
/// Discord is asked where the gateway is, a socket opened, and HELLO heard, which says how often the client is to say
/// that it lives; the first time after a random part of that. Then a session is begun (IDENTIFY) or gone on with
/// (RESUME). Whoever does not answer a heartbeat is dead. What happens while no socket is there comes after a RESUME.
struct DiscordMachine: ChatMachine {
    typealias Call = DiscordGatewayCall
    typealias Answer = DiscordGatewayAnswer
    typealias Order = ChatOrder<Call>

    static let helloWithin = Duration.seconds(15), readyWithin = Duration.seconds(30)
    /// Servers are told one by one after READY; whoever is not among them by then is not there.
    static let guildsWithin = Duration.seconds(15)
    static let refusalRest = Duration.seconds(300)
    static let aliveEvery = Duration.seconds(5)
    static let idsMax = 8192
    /// So many messages of others without a text in a row: the bot is not let see them.
    static let emptyMax = 20

    enum Link: Equatable, Sendable {
        case idle
        case resting(until: Duration)
        case refused(until: Duration)
        case asking(Int)
        /// Waits for HELLO.
        case opening(SocketID, until: Duration)
        /// Has said who it is, and waits for READY or RESUMED.
        case entering(SocketID, until: Duration)
        case open(SocketID)
    }

    struct Room: Equatable, Sendable {
        let channel: ChatChannel
        var isLive = false
    }

    let url: String, bot: String
    let token: @Sendable () -> Secret
    let guilds: DiscordGuilds
    let rest: ReconnectRest
    let identifyEvery: Duration
    let random: @Sendable () -> Double
    var link = Link.idle
    var rooms: [String: Room] = [:]
    var session: DiscordSession?
    var heartbeat: DiscordHeartbeat?
    var failures = 0
    var aliveAt: Duration?
    var guildsUntil: Duration?
    var recent = RecentIDs(countMax: Self.idsMax)
    var emptyCount = 0
    private var identifiedAt: Duration?
    private var count = 0

    /// - Parameters:
    ///   - url: of the gateway, where Discord names none.
    ///   - token: asked for each time, for it may be replaced.
    ///   - random: from 0 up to 1.
    init(
        url: String, bot: String, token: @escaping @Sendable () -> Secret, guilds: DiscordGuilds,
        rest: ReconnectRest = ReconnectRest(), identifyEvery: Duration = .seconds(5),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        (self.url, self.bot, self.token, self.guilds, self.rest) = (url, bot, token, guilds, rest)
        (self.identifyEvery, self.random) = (identifyEvery, random)
    }

    mutating func handle(_ input: ChatInput<Call, Answer>, at now: ChatMoment) -> [Order] {
        switch input {
        case .joined(let channel, _): join(channel, at: now)
        case .left(let id): leave(id)
        case .wanted: []
        case .opened: []
        case .text(let socket, let text): read(text, from: socket, at: now)
        case .closed(let socket, let closing): lose(socket, closing, at: now)
        case .answered(let call, let answer): take(answer, to: call, at: now)
        case .woken: wake(at: now)
        }
    }

    var socket: SocketID? {
        switch link {
        case .opening(let socket, _), .entering(let socket, _), .open(let socket): socket
        case .idle, .resting, .refused, .asking: nil
        }
    }

    var deadline: Duration? {
        switch link {
        case .idle, .asking: nil
        case .resting(let until), .refused(let until), .opening(_, let until): until
        case .entering(_, let until): [until, heartbeat?.deadline].compactMap(\.self).min()
        case .open: [heartbeat?.deadline, guildsUntil].compactMap(\.self).min()
        }
    }

    // MARK: rooms

    private mutating func join(_ channel: ChatChannel, at now: ChatMoment) -> [Order] {
        if rooms[channel.id]?.channel == channel, case .open = link, rooms[channel.id]?.isLive == true { return [] }
        rooms[channel.id] = Room(channel: channel)
        switch link {
        case .idle: return connect(at: now)
        case .refused: return connect(at: now)
        case .open: return enliven(at: now) + refuseUnknown(at: now)
        case .resting, .asking, .opening, .entering: return []
        }
    }

    private mutating func leave(_ id: String) -> [Order] {
        rooms[id] = nil
        guard rooms.isEmpty else { return [] }
        let close = socket.map { [Order.close($0)] } ?? []
        (link, session, heartbeat, guildsUntil) = (.idle, nil, nil, nil)
        return close
    }

    // MARK: opening and ending

    mutating func connect(at now: ChatMoment) -> [Order] {
        guard !rooms.isEmpty else {
            link = .idle
            return []
        }
        if let session { return open(session.resumeURL, at: now) }
        if let identifiedAt, identifiedAt + identifyEvery > now.elapsed {
            link = .resting(until: identifiedAt + identifyEvery)
            return []
        }
        count += 1
        link = .asking(count)
        return [.call(DiscordGatewayCall(number: count))]
    }

    private mutating func take(_ answer: Answer, to call: Call, at now: ChatMoment) -> [Order] {
        guard link == .asking(call.number) else { return [] }
        switch answer {
        case .at(_, let remaining, let after) where remaining <= 0:
            let reason = "Discord lets no more sessions be begun for \(Int(after / .seconds(1))) s"
            return fail(reason, after: after, at: now)
        case .at(let url, _, _): return open(url.isEmpty ? self.url : url, at: now)
        case .refused(let reason): return refuse(reason, at: now)
        case .failed(let reason, let after): return fail(reason, after: after, at: now)
        }
    }

    private mutating func open(_ url: String, at now: ChatMoment) -> [Order] {
        count += 1
        let socket = SocketID(number: count)
        (link, heartbeat) = (.opening(socket, until: now.elapsed + Self.helloWithin), nil)
        return [.connect(socket, url: Self.complete(url))]
    }

    /// With the version and the encoding, which Discord's own answers leave out.
    private static func complete(_ url: String) -> String {
        guard !url.contains("?") else { return url }
        return url + (url.hasSuffix("/") ? "" : "/") + "?v=10&encoding=json"
    }

    private mutating func lose(_ socket: SocketID, _ closing: SocketClosing, at now: ChatMoment) -> [Order] {
        guard socket == self.socket else { return [] }
        switch DiscordClosing(closing) {
        case .fatal(let reason): return refuse(reason, at: now)
        case .over: session = nil
        case .resumable: break
        }
        return fail(closing.reason, at: now)
    }

    /// All is to be made again, after a rest.
    mutating func fail(_ reason: String, after: Duration? = nil, at now: ChatMoment) -> [Order] {
        let close = socket.map { [Order.close($0)] } ?? []
        failures += 1
        (heartbeat, guildsUntil, aliveAt) = (nil, nil, nil)
        // A session whose sockets fail again and again may be what they fail of.
        if failures > 3 { session = nil }
        link = .resting(until: now.elapsed + max(rest.rest(after: failures), after ?? .zero))
        return close + silence { .lost($0, reason: reason) }
    }

    /// Nothing helps but other credentials or settings.
    private mutating func refuse(_ reason: String, at now: ChatMoment) -> [Order] {
        let close = socket.map { [Order.close($0)] } ?? []
        (session, heartbeat, guildsUntil, aliveAt) = (nil, nil, nil, nil)
        link = .refused(until: now.elapsed + Self.refusalRest)
        return close + silence { .refused($0, reason: reason) }
    }

    private mutating func silence(_ event: (ChatChannel) -> ChatEvent) -> [Order] {
        for id in rooms.keys { rooms[id]?.isLive = false }
        return rooms.values.map { .deliver(event($0.channel)) }
    }

    private mutating func wake(at now: ChatMoment) -> [Order] {
        switch link {
        case .idle, .asking: return []
        case .resting(let until), .refused(let until): return now.elapsed >= until ? connect(at: now) : []
        case .opening(_, let until):
            return now.elapsed >= until ? fail("no HELLO within \(Self.helloWithin)", at: now) : []
        case .entering(let socket, let until):
            guard now.elapsed < until else { return fail("no READY within \(Self.readyWithin)", at: now) }
            return beat(on: socket, at: now)
        case .open(let socket):
            var orders = beat(on: socket, at: now)
            if let until = guildsUntil, now.elapsed >= until {
                guildsUntil = nil
                orders += refuseUnknown(at: now)
            }
            return orders
        }
    }

    private mutating func beat(on socket: SocketID, at now: ChatMoment) -> [Order] {
        guard let due = heartbeat?.deadline, now.elapsed >= due else { return [] }
        guard heartbeat?.isAnswered == true else { return fail("a heartbeat was not answered", at: now) }
        return beatNow(on: socket, at: now)
    }

    mutating func beatNow(on socket: SocketID, at now: ChatMoment) -> [Order] {
        heartbeat?.beat(at: now.elapsed)
        let sequence = session.map { "\($0.sequence)" } ?? "null"
        return [.send(socket, Secret("{\"op\":1,\"d\":\(sequence)}"))]
    }

    mutating func hello(_ interval: Duration, on socket: SocketID, at now: ChatMoment) -> [Order] {
        guard case .opening(socket, _) = link else { return [] }
        heartbeat = DiscordHeartbeat(interval: interval, firstAt: now.elapsed + interval * random())
        link = .entering(socket, until: now.elapsed + Self.readyWithin)
        if let session {
            let resume: JSON = [
                "op": 6,
                "d": [
                    "token": .string(token().exposed), "session_id": .string(session.id),
                    "seq": .integer(session.sequence),
                ],
            ]
            return [.send(socket, Secret(resume.text))]
        }
        identifiedAt = now.elapsed
        let identify: JSON = [
            "op": 2,
            "d": [
                "token": .string(token().exposed), "intents": .integer(DiscordIntents.all), "compress": false,
                "properties": ["os": "linux", "browser": "botcontrol", "device": "botcontrol"],
            ],
        ]
        return [.send(socket, Secret(identify.text))]
    }
}

/// How often a client says that it lives, and whether that was heard.
struct DiscordHeartbeat: Equatable, Sendable {
    private let interval: Duration
    private(set) var deadline: Duration
    private(set) var isAnswered = true

    init(interval: Duration, firstAt: Duration) {
        (self.interval, deadline) = (interval, firstAt)
    }

    mutating func beat(at now: Duration) { (deadline, isAnswered) = (now + interval, false) }

    mutating func answer() { isAnswered = true }
}
