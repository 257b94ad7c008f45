import Domain

/// Listening to YouTube as a value (LiveChatMessages: list).
///
/// For each channel its chat is looked for, and asked for page by page, no faster than YouTube says. The first page is
/// history: nothing of it is handed over. After a failure the same page is asked for again, so that nothing is missed.
/// A chat may be there before its broadcast begins: then it is looked for again from time to time.
struct YouTubeMachine: ChatMachine {
    enum Call: Equatable, Sendable {
        case find(String)
        case page(String, chat: String, token: String?)

        var channelID: String {
            switch self {
            case .find(let id), .page(let id, _, _): id
            }
        }
    }

    enum Answer: Equatable, Sendable {
        case found(YouTubeChats.Finding)
        case page([JSON], next: String, wait: Duration, isOver: Bool)
        /// The broadcast is over.
        case ended
        /// The page is not known any more.
        case unknownPage
        case refused(String)
        case failed(String, retryAfter: Duration?)
    }

    enum Link: Equatable, Sendable {
        case wanted
        case asking
        case resting(until: Duration)
    }

    typealias Order = ChatOrder<Call>

    static let refusalRest = Duration.seconds(300)
    static let inFlightMax = 16

    let bot: String
    let rest: ReconnectRest
    let findEvery: Duration
    private(set) var rooms: [String: YouTubeRoom] = [:]
    private var order: [String] = []
    private var inFlight: [String: Int] = [:]
    private var count = 0

    init(bot: String, rest: ReconnectRest = ReconnectRest(), findEvery: Duration) {
        (self.bot, self.rest, self.findEvery) = (bot, rest, findEvery)
    }

    var deadline: Duration? {
        rooms.values.compactMap { if case .resting(let until) = $0.link { until } else { nil } }.min()
    }

    mutating func handle(_ input: ChatInput<Call, Answer>, at now: ChatMoment) -> [Order] {
        var orders: [Order] = []
        switch input {
        case .joined(let channel, _): join(channel, at: now)
        case .left(let id): leave(id)
        case .answered(let call, let answer): orders = take(answer, to: call, at: now)
        case .woken: wake(at: now)
        case .wanted, .opened, .text, .closed: break
        }
        return orders + ask()
    }

    private mutating func join(_ channel: ChatChannel, at now: ChatMoment) {
        if rooms[channel.id]?.channel == channel {
            // One that was refused is tried again.
            if rooms[channel.id]?.chat == nil, rooms[channel.id]?.link != .asking { rooms[channel.id]?.link = .wanted }
            return
        }
        leave(channel.id)
        count += 1
        rooms[channel.id] = YouTubeRoom(channel: channel, number: count, joinedAt: now.wall)
        order.append(channel.id)
    }

    private mutating func leave(_ id: String) {
        rooms[id] = nil
        order.removeAll { $0 == id }
    }

    private mutating func wake(at now: ChatMoment) {
        for id in order {
            if case .resting(let until)? = rooms[id]?.link, until <= now.elapsed { rooms[id]?.link = .wanted }
            if let lookAt = rooms[id]?.lookAt, lookAt <= now.elapsed { rooms[id]?.isToLook = true }
        }
    }

    private mutating func ask() -> [Order] {
        var orders: [Order] = []
        for id in order where inFlight.count < Self.inFlightMax && inFlight[id] == nil {
            guard let room = rooms[id], room.link == .wanted else { continue }
            rooms[id]?.link = .asking
            inFlight[id] = room.number
            let chat = room.isToLook ? nil : room.chat
            orders.append(.call(chat.map { .page(id, chat: $0, token: room.page) } ?? .find(id)))
        }
        return orders
    }

    private mutating func take(_ answer: Answer, to call: Call, at now: ChatMoment) -> [Order] {
        let id = call.channelID
        guard let number = inFlight.removeValue(forKey: id), rooms[id]?.number == number, rooms[id]?.link == .asking,
            // Taken out while it is changed, or all that it remembers would be copied.
            var room = rooms.removeValue(forKey: id)
        else { return [] }
        defer { rooms[id] = room }
        switch answer {
        case .found(.chat(let chat, let startedAt)):
            return room.found(chat, startedAt: startedAt, lookEvery: findEvery, at: now)
        case .found where room.chat != nil:
            // The chat is heard all the same, and says itself when it ends.
            room.lookAgain(in: findEvery, at: now)
            return []
        case .found(.none):
            room.rest(for: findEvery, at: now)
            return []
        case .found(.refused(let reason)), .refused(let reason):
            (room.chat, room.page, room.lookAt) = (nil, nil, nil)
            room.rest(for: Self.refusalRest, at: now)
            return [.deliver(.refused(room.channel, reason: reason))]
        case .found(.failed(let reason, let after)), .failed(let reason, let after):
            room.failures += 1
            room.rest(for: max(rest.rest(after: room.failures), after ?? .zero), at: now)
            return [.deliver(.lost(room.channel, reason: reason))]
        case .unknownPage:
            room.page = nil
            room.rest(for: rest.rest(after: 1), at: now)
            return [.deliver(.lost(room.channel, reason: "YouTube has forgotten where we were"))]
        case .ended:
            room.end()
            room.rest(for: findEvery, at: now)
            return []
        case .page(let items, let next, let wait, let isOver):
            return hear(items, next: next, wait: wait, isOver: isOver, in: &room, at: now)
        }
    }

    private func hear(
        _ items: [JSON], next: String, wait: Duration, isOver: Bool, in room: inout YouTubeRoom, at now: ChatMoment
    ) -> [Order] {
        var orders: [Order] = [.deliver(.alive(room.channel, at: now.wall))]
        let isFirst = room.page == nil
        for item in items {
            // Money may come with words: that is both.
            let message = ChatMessage(youTube: item, in: room.channel, bot: bot)
            let event = PlatformEvent(youTube: item, in: room.channel, bot: bot)
            guard let id = message?.id ?? event?.id, let sentAt = message?.sentAt ?? event?.at, room.recent.insert(id)
            else { continue }
            // A page without a token begins anywhere.
            if isFirst, room.heardUntil.map({ sentAt <= $0 }) ?? true { continue }
            if let message { orders.append(.deliver(.message(message))) }
            if let event { orders.append(.deliver(.happened(event))) }
        }
        let last = items.compactMap { $0["snippet"]?["publishedAt"]?.string.flatMap { Timestamp($0) } }.max()
        room.heardUntil = [room.heardUntil ?? now.wall, last].compactMap(\.self).max()
        (room.page, room.failures) = (next, 0)
        if isOver { room.end() }
        room.rest(for: isOver ? findEvery : wait, at: now)
        return orders
    }
}
