import Domain

/// What the other side says.
extension EventSubMachine {
    mutating func read(_ text: String, from socket: SocketID, at now: ChatMoment) -> [Order] {
        switch link {
        case .opening(socket, _): return welcome(text, to: socket, at: now)
        case .open(let open) where open.socket == socket: return hear(text, on: open, at: now)
        case .open(let open) where open.move?.socket == socket: return move(text, of: open, at: now)
        case .open(let open) where open.former?.socket == socket:
            guard let envelope = EventSubEnvelope(text), case .notification(let event, let topic) = envelope.content
            else { return [] }
            return deliver(event, topic, of: envelope, at: now)
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
        let rooms = isDue ? interests.filter { $0.isChat && $0.isLive } : []
        let alive = rooms.map { Order.deliver(.alive($0.channel, at: now.wall)) }
        // What cannot be read is heard all the same: the connection lives.
        guard let envelope = EventSubEnvelope(text) else { return alive }
        return alive + obey(envelope, on: open, at: now)
    }

    private mutating func obey(_ envelope: EventSubEnvelope, on open: EventSubLink, at now: ChatMoment) -> [Order] {
        switch envelope.content {
        case .welcome, .keepalive, .unknown: []
        case .notification(let event, let topic): deliver(event, topic, of: envelope, at: now)
        case .reconnect(let url): prepareMove(to: url, from: open, at: now)
        case .revocation(let id, let topic, let status): revoke(id, topic, status, of: envelope, at: now)
        }
    }

    private mutating func deliver(
        _ event: JSON, _ topic: EventSubTopic, of envelope: EventSubEnvelope, at now: ChatMoment
    ) -> [Order] {
        guard now.wall.seconds(since: envelope.sentAt) <= Self.ageSecondsMax, recent.insert(envelope.id),
            let id = event[topic.channelMember]?.string, let place = place(of: id, topic), !interests[place].isLeaving
        else { return [] }
        let channel = interests[place].channel
        switch topic {
        case .chat:
            let message = ChatMessage(eventSub: event, in: channel, sentAt: envelope.sentAt, bot: bot)
            return message.map { [.deliver(.message($0))] } ?? []
        case .event(let name):
            let event = PlatformEvent(name, eventSub: event, in: channel, id: envelope.id, at: envelope.sentAt)
            return [.deliver(.happened(event))]
        }
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
        _ id: String, _ topic: EventSubTopic, _ status: String, of envelope: EventSubEnvelope, at now: ChatMoment
    ) -> [Order] {
        guard recent.insert(envelope.id), let index = place(of: id, topic), interests[index].isLive else { return [] }
        interests[index].state = .refused(until: now.elapsed + Self.refusalRest)
        return [.deliver(interests[index].refusal(status))] + closeIfIdle(at: now)
    }
}
