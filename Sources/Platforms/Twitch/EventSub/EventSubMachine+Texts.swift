import Domain

/// What the other side says.
extension EventSubMachine {
    mutating func read(_ text: String, from socket: SocketID, at now: ChatMoment) -> [Order] {
        switch link {
        case .opening(socket, _): return welcome(text, to: socket, at: now)
        case .open(let open) where open.socket == socket: return hear(text, on: open, at: now)
        case .open(let open) where open.move?.socket == socket: return move(text, of: open, at: now)
        case .open(let open) where open.former?.socket == socket:
            guard let envelope = EventSubEnvelope(text), case .notification(let event) = envelope.content else {
                return []
            }
            return deliver(event, of: envelope, at: now)
        case .idle, .opening, .resting, .open: return []
        }
    }

    private mutating func welcome(_ text: String, to socket: SocketID, at now: ChatMoment) -> [Order] {
        guard case .welcome(let session, let keepalive)? = EventSubEnvelope(text)?.content else { return [] }
        link = .open(
            EventSubLink(
                socket: socket, session: session, keepalive: keepalive ?? Self.keepaliveDefault, heardAt: now.elapsed))
        return request(at: now)
    }

    /// The new socket takes everything over; what the old one has not told yet is still listened to.
    private mutating func move(_ text: String, of open: EventSubLink, at now: ChatMoment) -> [Order] {
        guard let move = open.move, case .welcome(let session, let keepalive)? = EventSubEnvelope(text)?.content
        else { return [] }
        var next = open.staying
        next.former = open.isCut ? nil : EventSubLink.Move(socket: open.socket, until: now.elapsed + Self.farewell)
        (next.socket, next.isCut) = (move.socket, false)
        (next.sessionBefore, next.session) = (open.session, session)
        next.keepalive = keepalive ?? open.keepalive
        next.heardAt = now.elapsed
        link = .open(next)
        return (open.former.map { [.close($0.socket)] } ?? []) + request(at: now)
    }

    private mutating func hear(_ text: String, on open: EventSubLink, at now: ChatMoment) -> [Order] {
        var open = open
        open.heardAt = now.elapsed
        failures = 0
        let isDue = open.aliveAt.map { now.elapsed - $0 >= open.keepalive / 2 } ?? true
        if isDue { open.aliveAt = now.elapsed }
        link = .open(open)
        let alive = isDue ? interests.filter(\.isLive).map { Order.deliver(.alive($0.channel, at: now.wall)) } : []
        // What cannot be read is heard all the same: the connection lives.
        guard let envelope = EventSubEnvelope(text) else { return alive }
        return alive + obey(envelope, on: open, at: now)
    }

    private mutating func obey(_ envelope: EventSubEnvelope, on open: EventSubLink, at now: ChatMoment) -> [Order] {
        switch envelope.content {
        case .welcome, .keepalive, .unknown: []
        case .notification(let event): deliver(event, of: envelope, at: now)
        case .reconnect(let url): prepareMove(to: url, from: open, at: now)
        case .revocation(let id, let status): revoke(id, status, of: envelope, at: now)
        }
    }

    private mutating func deliver(_ event: JSON, of envelope: EventSubEnvelope, at now: ChatMoment) -> [Order] {
        guard now.wall.seconds(since: envelope.sentAt) <= Self.ageSecondsMax, recent.insert(envelope.id),
            let id = event["broadcaster_user_id"]?.string,
            let interest = interests.first(where: { $0.channel.id == id && !$0.isLeaving }),
            let message = ChatMessage(eventSub: event, in: interest.channel, sentAt: envelope.sentAt, bot: bot)
        else { return [] }
        return [.deliver(.message(message))]
    }

    /// An address that is less safe than ours is not gone to: the old connection ends, and a new one is made as always.
    private mutating func prepareMove(to url: String, from open: EventSubLink, at now: ChatMoment) -> [Order] {
        guard open.move == nil, let there = SocketAddressText(url), there.isWebSocket,
            there.isSecure || SocketAddressText(self.url)?.isSecure == false
        else { return [] }
        var open = open
        let socket = newSocket()
        open.move = EventSubLink.Move(socket: socket, until: now.elapsed + Self.moveWithin)
        link = .open(open)
        return [.connect(socket, url: url)]
    }

    private mutating func revoke(
        _ id: String, _ status: String, of envelope: EventSubEnvelope, at now: ChatMoment
    ) -> [Order] {
        guard recent.insert(envelope.id), let index = interests.firstIndex(where: { $0.channel.id == id }),
            interests[index].isLive
        else { return [] }
        interests[index].state = .refused(until: now.elapsed + Self.refusalRest)
        return [.deliver(.refused(interests[index].channel, reason: status))] + closeIfIdle(at: now)
    }
}
