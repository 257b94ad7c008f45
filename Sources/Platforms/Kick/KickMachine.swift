import Domain

/// Which channels Kick sends us the chat and the events of, as a value (docs.kick.com, "Subscribe to Events").
///
/// Kick is asked for each channel what it sends, and to begin with what is missing: chat first, and by itself, so that
/// an event which the bot has no right to does not keep it from chat. Since Kick ends what our server did not take in,
/// and tells nobody, it is asked again every few minutes. A subscription is left alone when the bot leaves: another
/// worker may be there already, and what nobody wants is thrown away.
struct KickMachine: ChatMachine {
    enum Call: Equatable, Sendable {
        case check(String)
        case subscribe(String, Set<KickTopic>)

        var channelID: String {
            switch self {
            case .check(let id), .subscribe(let id, _): id
            }
        }

        var topics: Set<KickTopic> { if case .subscribe(_, let topics) = self { topics } else { [] } }
    }

    enum Answer: Equatable, Sendable {
        case sends(Set<KickTopic>)
        /// Kick begins with what was asked for, but for these.
        case subscribed(refusals: [KickTopic: String])
        case refused(String)
        case failed(String, retryAfter: Duration?)
    }

    typealias Order = ChatOrder<Call>

    static let refusalRest = Duration.seconds(300)
    static let inFlightMax = 8

    let rest: ReconnectRest
    let checkEvery: Duration
    private(set) var rooms: [String: KickRoom] = [:]
    private var order: [String] = []
    private var inFlight: [Call] = []

    init(rest: ReconnectRest = ReconnectRest(), checkEvery: Duration) {
        (self.rest, self.checkEvery) = (rest, checkEvery)
    }

    var deadline: Duration? { rooms.values.compactMap(\.deadline).min() }

    mutating func handle(_ input: ChatInput<Call, Answer>, at now: ChatMoment) -> [Order] {
        var orders: [Order] = []
        switch input {
        case .joined(let channel, _): orders = join(channel)
        case .left(let id): leave(id)
        case .wanted(let kinds, let id): rooms[id]?.want(kinds)
        case .answered(let call, let answer): orders = take(answer, to: call, at: now)
        case .woken: for id in order { rooms[id]?.wake(at: now.elapsed) }
        case .opened, .text, .closed: break
        }
        return orders + ask()
    }

    private mutating func join(_ channel: ChatChannel) -> [Order] {
        if let known = rooms[channel.id], known.channel == channel {
            if case .refused = known.link { rooms[channel.id]?.link = .due }
            return []
        }
        leave(channel.id)
        guard let number = Int(channel.id), number > 0 else {
            return [
                .deliver(.refused(channel, reason: "Kick's channels are numbers: connect the bot with the user's id"))
            ]
        }
        rooms[channel.id] = KickRoom(channel: channel)
        order.append(channel.id)
        return []
    }

    private mutating func leave(_ id: String) {
        rooms[id] = nil
        order.removeAll { $0 == id }
    }

    private mutating func ask() -> [Order] {
        var orders: [Order] = []
        for id in order where inFlight.count < Self.inFlightMax && !inFlight.contains(where: { $0.channelID == id }) {
            guard let room = rooms[id], room.link == .due else { continue }
            orders.append(call(.check(id)))
        }
        return orders
    }

    private mutating func call(_ call: Call) -> Order {
        rooms[call.channelID]?.link = .asked(call)
        inFlight.append(call)
        return .call(call)
    }

    private mutating func take(_ answer: Answer, to call: Call, at now: ChatMoment) -> [Order] {
        inFlight.removeAll { $0 == call }
        let id = call.channelID
        guard let room = rooms[id], room.link == .asked(call) else { return [] }
        switch answer {
        case .sends(let topics):
            let isLost = room.isHeard && !topics.contains(.chat)
            rooms[id]?.sent = topics
            let lost = Order.deliver(.lost(room.channel, reason: "Kick had stopped sending this channel's chat"))
            return (isLost ? [lost] : []) + goOn(id, at: now)
        case .subscribed(let refusals):
            if let reason = refusals[.chat] { return refuse(id, reason, at: now) }
            rooms[id]?.sent.formUnion(call.topics.subtracting(refusals.keys))
            return deafen(id, refusals, at: now) + goOn(id, at: now)
        case .refused(let reason):
            guard room.isHeard, !call.topics.isEmpty else { return refuse(id, reason, at: now) }
            let refusals = Dictionary(uniqueKeysWithValues: call.topics.map { ($0, reason) })
            return deafen(id, refusals, at: now) + goOn(id, at: now)
        case .failed(let reason, let after):
            let failures = room.failures + 1
            let until = now.elapsed + max(rest.rest(after: failures), after ?? .zero)
            rooms[id]?.failures = failures
            // A check that fails says nothing about what is sent.
            rooms[id]?.link = room.isHeard ? .live(checkAt: until) : .resting(until: until)
            return room.isHeard ? [] : [.deliver(.lost(room.channel, reason: reason))]
        }
    }

    /// Asks for what is missing, or rests until the next check.
    private mutating func goOn(_ id: String, at now: ChatMoment) -> [Order] {
        guard let room = rooms[id] else { return [] }
        guard room.isHeard else { return [call(.subscribe(id, [.chat]))] }
        let alive = Order.deliver(.alive(room.channel, at: now.wall))
        let missing = room.missing(at: now.elapsed)
        guard missing.isEmpty else { return [alive, call(.subscribe(id, missing))] }
        rooms[id]?.link = .live(checkAt: now.elapsed + checkEvery)
        rooms[id]?.failures = 0
        return [alive]
    }

    private mutating func refuse(_ id: String, _ reason: String, at now: ChatMoment) -> [Order] {
        guard let room = rooms[id] else { return [] }
        rooms[id]?.sent = []
        rooms[id]?.link = .refused(until: now.elapsed + Self.refusalRest)
        return [.deliver(.refused(room.channel, reason: reason))]
    }

    /// Chat goes on without them.
    private mutating func deafen(_ id: String, _ refusals: [KickTopic: String], at now: ChatMoment) -> [Order] {
        guard let room = rooms[id] else { return [] }
        for topic in refusals.keys { rooms[id]?.deafUntil[topic] = now.elapsed + Self.refusalRest }
        return refusals.sorted { $0.key.rawValue < $1.key.rawValue }.compactMap { topic, reason in
            topic.kind.map { .deliver(.unheard(room.channel, $0, reason: reason)) }
        }
    }
}
