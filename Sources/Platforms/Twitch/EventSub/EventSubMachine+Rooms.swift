import Domain

/// Which channels the connection carries.
extension EventSubMachine {
    mutating func join(_ channel: ChatChannel, at now: ChatMoment) -> [Order] {
        if let index = interests.firstIndex(where: { $0.channel.id == channel.id }) {
            interests[index].channel = channel
            switch interests[index].state {
            case .leaving: interests[index].state = .leaving(comesBack: true)
            // Somebody has mended what was wrong, or thinks so.
            case .refused, .waiting: interests[index].state = .wanted
            case .wanted, .asked, .live: break
            }
        } else {
            guard interests.count < TwitchLimits.channelsPerConnectionMax else {
                let reason = "a connection carries at most \(TwitchLimits.channelsPerConnectionMax) channels"
                return [.deliver(.refused(channel, reason: reason))]
            }
            interests.append(EventSubInterest(channel: channel))
        }
        return go(at: now)
    }

    mutating func leave(_ id: String, at now: ChatMoment) -> [Order] {
        guard let index = interests.firstIndex(where: { $0.channel.id == id }) else { return [] }
        var orders: [Order] = []
        switch interests[index].state {
        case .live(let subscription?):
            orders = [.call(.unsubscribe(subscription, channelID: id))]
            interests[index].state = .leaving(comesBack: false)
        case .asked, .leaving: interests[index].state = .leaving(comesBack: false)
        case .wanted, .waiting, .refused, .live(nil): interests.remove(at: index)
        }
        return orders + closeIfIdle(at: now)
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
            return .call(.subscribe(interests[index].channel, session: open.session))
        }
    }

    mutating func take(_ answer: Answer, to call: Call, at now: ChatMoment) -> [Order] {
        switch call {
        case .unsubscribe(_, let id): return settle(id, at: now)
        case .subscribe(let channel, let session):
            guard case .open(let open) = link, open.session == session || open.sessionBefore == session,
                let index = interests.firstIndex(where: { $0.channel.id == channel.id })
            else { return [] }
            if case .leaving = interests[index].state { return undo(answer, channel.id, at: now) }
            guard interests[index].state == .asked else { return [] }
            return settle(answer, index, at: now) + request(at: now) + closeIfIdle(at: now)
        }
    }

    private mutating func settle(_ answer: Answer, _ index: Int, at now: ChatMoment) -> [Order] {
        switch answer {
        case .subscribed(let id):
            interests[index].state = .live(subscription: id)
            interests[index].failures = 0
            return [.deliver(.alive(interests[index].channel, at: now.wall))]
        case .refused(let reason):
            interests[index].state = .refused(until: now.elapsed + Self.refusalRest)
            return [.deliver(.refused(interests[index].channel, reason: reason))]
        case .failed(let least):
            interests[index].failures += 1
            let rest = max(least, rest.rest(after: interests[index].failures))
            interests[index].state = .waiting(until: now.elapsed + rest)
            return []
        case .unsubscribed: return []
        }
    }

    /// The channel was left while its subscription was made.
    private mutating func undo(_ answer: Answer, _ id: String, at now: ChatMoment) -> [Order] {
        if case .subscribed(let subscription?) = answer { return [.call(.unsubscribe(subscription, channelID: id))] }
        return settle(id, at: now)
    }

    /// A channel has been left for good, or may be asked for again.
    private mutating func settle(_ id: String, at now: ChatMoment) -> [Order] {
        guard let index = interests.firstIndex(where: { $0.channel.id == id }),
            case .leaving(let comesBack) = interests[index].state
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
