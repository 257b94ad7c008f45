import Domain

/// One EventSub connection as a value (dev.twitch.tv, "Getting Events Using WebSockets").
///
/// A socket is opened and says welcome; within the keepalive time the first subscription must be made. From then on
/// something is heard at least that often, or the connection is dead. When Twitch asks to move, a second socket is
/// opened, and takes everything over with its welcome. After any other end all subscriptions are made again.
struct EventSubMachine: ChatMachine {
    typealias Call = EventSubRequest
    typealias Answer = EventSubRequest.Answer
    typealias Order = ChatOrder<Call>

    static let welcomeWithin = Duration.seconds(10)
    static let moveWithin = Duration.seconds(30)
    /// What the old socket has said before it was replaced may arrive after the new one's welcome.
    static let farewell = Duration.seconds(1)
    /// Twitch's own default.
    static let keepaliveDefault = Duration.seconds(10)
    /// The network's share of a silence.
    static let silenceGrace = Duration.seconds(2)
    /// Rights come back without anybody telling us.
    static let refusalRest = Duration.seconds(300)
    static let requestsInFlightMax = 8
    static let idsMax = 4096
    /// Twitch's advice against messages that are sent again by others.
    static let ageSecondsMax = 600.0

    enum Link: Equatable, Sendable {
        case idle
        case opening(SocketID, until: Duration)
        case open(EventSubLink)
        case resting(until: Duration)
    }

    let url: String
    let bot: String
    let rest: ReconnectRest
    var link = Link.idle
    var interests: [EventSubInterest] = []
    var recent = RecentIDs(countMax: Self.idsMax)
    var failures = 0
    private var socketsOpened = 0

    init(url: String, bot: String, rest: ReconnectRest = ReconnectRest()) {
        (self.url, self.bot, self.rest) = (url, bot, rest)
    }

    mutating func handle(_ input: ChatInput<Call, Answer>, at now: ChatMoment) -> [Order] {
        switch input {
        case .joined(let channel, _): join(channel, at: now)
        case .left(let id): leave(id, at: now)
        case .wanted(let names, let id): want(names, in: id, at: now)
        case .opened: []
        case .text(let socket, let text): read(text, from: socket, at: now)
        case .closed(let socket, let closing): lose(socket, closing, at: now)
        case .answered(let call, let answer): take(answer, to: call, at: now)
        case .woken: wake(at: now)
        }
    }

    var deadline: Duration? {
        switch link {
        case .idle: nil
        case .opening(_, let until), .resting(let until): until
        case .open(let open): ([open.deadline] + interests.compactMap(\.retryAt)).min()
        }
    }

    private mutating func wake(at now: ChatMoment) -> [Order] {
        switch link {
        case .idle: return []
        case .resting(let until): return now.elapsed >= until ? connect(at: now) : []
        case .opening(let socket, let until):
            guard now.elapsed >= until else { return [] }
            return [.close(socket)] + fail("no welcome within \(Self.welcomeWithin)", at: now)
        case .open(let open):
            if let former = open.former, now.elapsed >= former.until {
                var open = open
                open.former = nil
                link = .open(open)
                return [.close(former.socket)] + wake(at: now)
            }
            guard now.elapsed < open.deadline else { return end(open, at: now) }
            return request(at: now)
        }
    }

    /// Something did not come in time.
    private mutating func end(_ open: EventSubLink, at now: ChatMoment) -> [Order] {
        if let move = open.move, now.elapsed >= move.until, now.elapsed < open.silentAt || open.isCut {
            guard open.isCut else {
                link = .open(open.staying)
                return [.close(move.socket)]
            }
            return [.close(move.socket)] + fail("the new connection said no welcome", at: now)
        }
        return open.sockets.map { .close($0) } + fail("nothing was heard for \(open.keepalive)", at: now)
    }

    // MARK: opening and ending

    mutating func newSocket() -> SocketID {
        socketsOpened += 1
        return SocketID(number: socketsOpened)
    }

    /// Opens a connection when anybody is wanted that Twitch has not refused a moment ago.
    mutating func connect(at now: ChatMoment) -> [Order] {
        forgetRests(at: now)
        guard interests.contains(where: { !$0.isRefused }) else {
            link = interests.compactMap(\.retryAt).min().map { .resting(until: $0) } ?? .idle
            return []
        }
        let socket = newSocket()
        link = .opening(socket, until: now.elapsed + Self.welcomeWithin)
        return [.connect(socket, url: url)]
    }

    /// Whoever has waited long enough is wanted again.
    mutating func forgetRests(at now: ChatMoment) {
        for index in interests.indices where interests[index].retryAt.map({ $0 <= now.elapsed }) == true {
            interests[index].state = .wanted
        }
    }

    /// Everything is to be made again, after a rest.
    mutating func fail(_ reason: String, at now: ChatMoment) -> [Order] {
        interests.removeAll { $0.isLeaving }
        for index in interests.indices where !interests[index].isRefused { interests[index].state = .wanted }
        failures += 1
        link = .resting(until: now.elapsed + rest.rest(after: failures))
        return interests.filter { $0.isChat && !$0.isRefused }.map { .deliver(.lost($0.channel, reason: reason)) }
    }

    private mutating func lose(_ socket: SocketID, _ closing: SocketClosing, at now: ChatMoment) -> [Order] {
        switch link {
        case .opening(socket, _): return fail(closing.reason, at: now)
        case .open(var open):
            if open.socket == socket, open.move != nil {
                open.isCut = true
                link = .open(open)
                return []
            }
            if open.former?.socket == socket {
                open.former = nil
                link = .open(open)
                return []
            }
            if open.socket == socket {
                return open.others(than: socket).map { .close($0) } + fail(closing.reason, at: now)
            }
            guard open.move?.socket == socket else { return [] }
            if open.isCut { return fail(closing.reason, at: now) }
            link = .open(open.staying)
            return []
        case .idle, .opening, .resting: return []
        }
    }
}

/// A connection that has said welcome.
struct EventSubLink: Equatable, Sendable {
    /// Another socket: one that will take everything over, or the one that had it before.
    struct Move: Equatable, Sendable {
        let socket: SocketID, until: Duration
    }

    var socket: SocketID
    /// The one before, of which something may still be under way.
    var former: Move?
    var session: String
    /// Of the socket before; what was asked in its name holds.
    var sessionBefore: String?
    var keepalive: Duration
    var heardAt: Duration
    /// When it was last said that the channels live.
    var aliveAt: Duration?
    var move: Move?
    /// The socket has gone, and its successor has not said welcome.
    var isCut = false

    var silentAt: Duration { heardAt + keepalive + EventSubMachine.silenceGrace }

    /// A socket that has gone can be silent.
    var deadline: Duration {
        let silentAt = min(silentAt, former?.until ?? silentAt)
        guard let move else { return silentAt }
        return isCut ? min(move.until, former?.until ?? move.until) : min(move.until, silentAt)
    }

    var sockets: [SocketID] { [socket] + [former, move].compactMap { $0?.socket } }

    func others(than socket: SocketID) -> [SocketID] { sockets.filter { $0 != socket } }

    /// The same without a second socket.
    var staying: EventSubLink {
        var link = self
        link.move = nil
        return link
    }
}
