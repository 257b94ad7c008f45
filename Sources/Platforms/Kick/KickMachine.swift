import Domain

/// Which channels Kick sends us the chat of, as a value (docs.kick.com, "Subscribe to Events").
///
/// Kick is asked for each channel whether it sends, and to begin when it does not. Since it ends what our server did
/// not take in, and tells nobody, it is asked again every few minutes. A subscription is left alone when the bot
/// leaves: another worker may be there already, and what nobody wants is thrown away.
struct KickMachine: ChatMachine {
    enum Call: Equatable, Sendable {
        case check(String)
        case subscribe(String)

        var channelID: String {
            switch self {
            case .check(let id), .subscribe(let id): id
            }
        }
    }

    enum Answer: Equatable, Sendable {
        case sends
        case doesNotSend
        case refused(String)
        case failed(String, retryAfter: Duration?)
    }

    enum Link: Equatable, Sendable {
        case wanted
        case asked(Call)
        case live(checkAt: Duration)
        case checking
        case resting(until: Duration)
        case refused(until: Duration)
    }

    struct Room: Sendable {
        let channel: ChatChannel
        var link = Link.wanted
        var failures = 0
    }

    typealias Order = ChatOrder<Call>

    static let refusalRest = Duration.seconds(300)
    static let inFlightMax = 8

    let rest: ReconnectRest
    let checkEvery: Duration
    private(set) var rooms: [String: Room] = [:]
    private var order: [String] = []

    init(rest: ReconnectRest = ReconnectRest(), checkEvery: Duration) {
        (self.rest, self.checkEvery) = (rest, checkEvery)
    }

    var deadline: Duration? {
        rooms.values.compactMap { room in
            switch room.link {
            case .live(let until), .resting(let until), .refused(let until): until
            case .wanted, .asked, .checking: nil
            }
        }.min()
    }

    mutating func handle(_ input: ChatInput<Call, Answer>, at now: ChatMoment) -> [Order] {
        var orders: [Order] = []
        switch input {
        case .joined(let channel, _): orders = join(channel, at: now)
        case .left(let id): leave(id)
        case .answered(let call, let answer): orders = take(answer, to: call, at: now)
        case .woken: wake(at: now)
        case .wanted, .opened, .text, .closed: break
        }
        return orders + ask()
    }

    private mutating func join(_ channel: ChatChannel, at now: ChatMoment) -> [Order] {
        if let known = rooms[channel.id], known.channel == channel {
            if case .refused = known.link { rooms[channel.id]?.link = .wanted }
            return []
        }
        leave(channel.id)
        guard let number = Int(channel.id), number > 0 else {
            return [
                .deliver(.refused(channel, reason: "Kick's channels are numbers: connect the bot with the user's id"))
            ]
        }
        rooms[channel.id] = Room(channel: channel)
        order.append(channel.id)
        return []
    }

    private mutating func leave(_ id: String) {
        rooms[id] = nil
        order.removeAll { $0 == id }
    }

    private mutating func wake(at now: ChatMoment) {
        for id in order {
            switch rooms[id]?.link {
            case .resting(let until)? where until <= now.elapsed: rooms[id]?.link = .wanted
            case .refused(let until)? where until <= now.elapsed: rooms[id]?.link = .wanted
            case .live(let checkAt)? where checkAt <= now.elapsed: rooms[id]?.link = .checking
            default: break
            }
        }
    }

    private var inFlight: [Call] = []

    private mutating func ask() -> [Order] {
        var orders: [Order] = []
        for id in order where inFlight.count < Self.inFlightMax && !inFlight.contains(where: { $0.channelID == id }) {
            guard let link = rooms[id]?.link, link == .wanted || link == .checking else { continue }
            let call = Call.check(id)
            if link == .wanted { rooms[id]?.link = .asked(call) }
            inFlight.append(call)
            orders.append(.call(call))
        }
        return orders
    }

    private mutating func take(_ answer: Answer, to call: Call, at now: ChatMoment) -> [Order] {
        inFlight.removeAll { $0 == call }
        let id = call.channelID
        guard var room = rooms[id], room.link == .asked(call) || room.link == .checking else { return [] }
        let wasLive = room.link == .checking
        defer { rooms[id] = room }
        switch (answer, call) {
        case (.sends, _):
            (room.link, room.failures) = (.live(checkAt: now.elapsed + checkEvery), 0)
            return [.deliver(.alive(room.channel, at: now.wall))]
        case (.doesNotSend, .check):
            room.link = .asked(.subscribe(id))
            inFlight.append(.subscribe(id))
            let lost: [Order] =
                wasLive ? [.deliver(.lost(room.channel, reason: "Kick had stopped sending this channel's chat"))] : []
            return lost + [.call(.subscribe(id))]
        case (.refused(let reason), _):
            room.link = .refused(until: now.elapsed + Self.refusalRest)
            return [.deliver(.refused(room.channel, reason: reason))]
        case (.failed(let reason, let after), _):
            room.failures += 1
            let until = now.elapsed + max(rest.rest(after: room.failures), after ?? .zero)
            // A check that fails says nothing about what is sent.
            room.link = wasLive ? .live(checkAt: until) : .resting(until: until)
            return wasLive ? [] : [.deliver(.lost(room.channel, reason: reason))]
        case (.doesNotSend, .subscribe):
            room.failures += 1
            room.link = .resting(until: now.elapsed + rest.rest(after: room.failures))
            return [.deliver(.lost(room.channel, reason: "Kick took the subscription, and did not keep it"))]
        }
    }
}
