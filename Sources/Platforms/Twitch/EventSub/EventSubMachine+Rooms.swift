import Domain

/// Which channels the connection carries.
extension EventSubMachine {
    func place(of id: String, _ topic: EventSubTopic) -> Int? {
        interests.firstIndex { $0.channel.id == id && $0.topic == topic }
    }

    mutating func join(_ channel: ChatChannel, at now: ChatMoment) -> [Order] {
        for index in interests.indices where interests[index].channel.id == channel.id {
            interests[index].channel = channel
        }
        if let index = place(of: channel.id, .chat) {
            revive(index)
            return go(at: now)
        }
        guard interests.count(where: \.isChat) < TwitchLimits.channelsPerConnectionMax else {
            let reason = "a connection carries at most \(TwitchLimits.channelsPerConnectionMax) channels"
            return [.deliver(.refused(channel, reason: reason))]
        }
        // Chat goes first: an event makes room for it.
        var orders: [Order] = []
        if interests.count >= TwitchLimits.channelsPerConnectionMax,
            let index = interests.lastIndex(where: { !$0.isChat && !$0.isLeaving })
        {
            let event = interests[index]
            orders = [.deliver(event.refusal("the connection is full of chats"))] + leave(at: index)
        }
        interests.append(EventSubInterest(channel: channel))
        return orders + go(at: now)
    }

    private mutating func revive(_ index: Int) {
        switch interests[index].state {
        case .leaving: interests[index].state = .leaving(comesBack: true)
        // Somebody has mended what was wrong, or thinks so.
        case .refused, .waiting: interests[index].state = .wanted
        case .wanted, .asked, .live: break
        }
    }

    /// These are the events that are wanted of a channel whose chat is wanted, and no others.
    mutating func want(_ names: Set<PlatformEvent.Kind>, in id: String, at now: ChatMoment) -> [Order] {
        guard let chat = place(of: id, .chat), !interests[chat].isLeaving else { return [] }
        let channel = interests[chat].channel
        var orders: [Order] = []
        for topic in EventSubTopic.all {
            guard case .event(let name) = topic else { continue }
            switch (place(of: id, topic), names.contains(name)) {
            case (let index?, true): if interests[index].isLeaving { revive(index) }
            case (let index?, false): orders += leave(at: index)
            case (nil, true):
                var interest = EventSubInterest(channel: channel)
                interest.topic = topic
                guard interests.count < TwitchLimits.channelsPerConnectionMax else {
                    orders.append(.deliver(interest.refusal("the connection carries all that it can")))
                    continue
                }
                interests.append(interest)
            case (nil, false): break
            }
        }
        return orders + go(at: now)
    }

    mutating func leave(_ id: String, at now: ChatMoment) -> [Order] {
        // From the end, for some are gone at once.
        let places = interests.indices.reversed().filter { interests[$0].channel.id == id }
        guard !places.isEmpty else { return [] }
        var orders: [Order] = []
        for place in places { orders += leave(at: place) }
        return orders + closeIfIdle(at: now)
    }

    private mutating func leave(at index: Int) -> [Order] {
        let interest = interests[index]
        switch interest.state {
        case .live(let subscription?):
            interests[index].state = .leaving(comesBack: false)
            return [.call(.unsubscribe(subscription, channelID: interest.channel.id, interest.topic))]
        case .asked, .leaving: interests[index].state = .leaving(comesBack: false)
        case .wanted, .waiting, .refused, .live(nil): interests.remove(at: index)
        }
        return []
    }

    /// Goes on from wherever the connection stands.
    private mutating func go(at now: ChatMoment) -> [Order] {
        switch link {
        case .idle: connect(at: now)
        // A rest after a failure is kept, one for lack of anybody to listen to is not.
        case .resting where failures == 0: connect(at: now)
        case .resting, .opening: []
        case .open: request(at: now)
        }
    }

    /// Asks for what is wanted, some at a time.
    mutating func request(at now: ChatMoment) -> [Order] {
        guard case .open(let open) = link else { return [] }
        forgetRests(at: now)
        let free = max(0, Self.requestsInFlightMax - interests.count { $0.state == .asked })
        return interests.indices.filter { interests[$0].state == .wanted }.prefix(free).map { index in
            interests[index].state = .asked
            return .call(.subscribe(interests[index].channel, interests[index].topic, session: open.session))
        }
    }

    mutating func take(_ answer: Answer, to call: Call, at now: ChatMoment) -> [Order] {
        switch call {
        case .unsubscribe(_, let id, let topic): return settle(id, topic, at: now)
        case .subscribe(let channel, let topic, let session):
            guard case .open(let open) = link, open.session == session || open.sessionBefore == session,
                let index = place(of: channel.id, topic)
            else { return [] }
            if case .leaving = interests[index].state { return undo(answer, channel.id, topic, at: now) }
            guard interests[index].state == .asked else { return [] }
            return settle(answer, index, at: now) + request(at: now) + closeIfIdle(at: now)
        }
    }

    private mutating func settle(_ answer: Answer, _ index: Int, at now: ChatMoment) -> [Order] {
        switch answer {
        case .subscribed(let id):
            interests[index].state = .live(subscription: id)
            interests[index].failures = 0
            return interests[index].isChat ? [.deliver(.alive(interests[index].channel, at: now.wall))] : []
        case .refused(let reason):
            interests[index].state = .refused(until: now.elapsed + Self.refusalRest)
            return [.deliver(interests[index].refusal(reason))]
        case .failed(let least):
            interests[index].failures += 1
            let rest = max(least, rest.rest(after: interests[index].failures))
            interests[index].state = .waiting(until: now.elapsed + rest)
            return []
        case .unsubscribed: return []
        }
    }

    /// The channel was left while its subscription was made.
    private mutating func undo(
        _ answer: Answer, _ id: String, _ topic: EventSubTopic, at now: ChatMoment
    ) -> [Order] {
        if case .subscribed(let subscription?) = answer {
            return [.call(.unsubscribe(subscription, channelID: id, topic))]
        }
        return settle(id, topic, at: now)
    }

    /// Something has been left for good, or may be asked for again.
    private mutating func settle(_ id: String, _ topic: EventSubTopic, at now: ChatMoment) -> [Order] {
        guard let index = place(of: id, topic), case .leaving(let comesBack) = interests[index].state
        else { return [] }
        if comesBack { interests[index].state = .wanted } else { interests.remove(at: index) }
        return request(at: now) + closeIfIdle(at: now)
    }

    /// Twitch would close a connection that carries nothing.
    mutating func closeIfIdle(at now: ChatMoment) -> [Order] {
        guard interests.allSatisfy({ $0.isRefused || $0.isLeaving }) else { return [] }
        let sockets: [SocketID]
        switch link {
        case .idle, .resting: sockets = []
        case .opening(let socket, _): sockets = [socket]
        case .open(let open): sockets = open.sockets
        }
        interests.removeAll { $0.isLeaving }
        failures = 0
        link = interests.compactMap(\.retryAt).min().map { .resting(until: $0) } ?? .idle
        return sockets.map { .close($0) }
    }
}
