import Domain

/// Which rooms the connection is in.
extension IRCMachine {
    mutating func join(_ room: IRCRoom, at now: ChatMoment) -> [Order] {
        guard room.hasName else { return [.deliver(.refused(room.channel, reason: "the room has no valid login"))] }
        var room = room
        var orders: [Order] = []
        if let index = rooms.firstIndex(where: { $0.channel.id == room.channel.id }) {
            let old = rooms.remove(at: index)
            if old.login != room.login {
                orders = part(old)
            } else if !old.isRefused {
                room.state = old.state
            }
        }
        guard rooms.count < Self.roomsMax else {
            return orders + [
                .deliver(.refused(room.channel, reason: "a connection carries at most \(Self.roomsMax) rooms"))
            ]
        }
        rooms.append(room)
        return orders + go(at: now)
    }

    mutating func leave(_ id: String) -> [Order] {
        guard let index = rooms.firstIndex(where: { $0.channel.id == id }) else { return [] }
        let orders = part(rooms.remove(at: index))
        guard rooms.isEmpty else { return orders }
        let close = socket.map { [Order.close($0)] } ?? []
        link = .idle
        return close
    }

    private func part(_ room: IRCRoom) -> [Order] {
        guard case .open(let socket, _, _) = link else { return [] }
        switch room.state {
        case .asked, .live: return [.send(socket, Secret("PART #\(room.login)"))]
        case .wanted, .waiting, .refused: return []
        }
    }

    private mutating func go(at now: ChatMoment) -> [Order] {
        switch link {
        case .idle: connect(at: now)
        // A rest after a failure is kept, one for lack of anybody to listen to is not.
        case .resting where failures == 0: connect(at: now)
        case .resting, .opening: []
        case .open: joinRooms(at: now)
        }
    }

    mutating func forgetRests(at now: ChatMoment) {
        for index in rooms.indices {
            switch rooms[index].state {
            case .waiting(let until) where until <= now.elapsed, .refused(let until) where until <= now.elapsed:
                rooms[index].state = .wanted
            default: break
            }
        }
    }

    /// When the next room may be joined; nil when one may be now.
    var nextJoin: Duration? {
        joins.count < TwitchLimits.joins.count ? .zero : joins.first.map { $0 + Self.joinWindow }
    }

    /// A little longer than Twitch's, for its clock is not ours.
    private static let joinWindow = Duration.seconds(TwitchLimits.joins.seconds + 0.5)

    mutating func joinRooms(at now: ChatMoment) -> [Order] {
        guard case .open(let socket, _, _) = link else { return [] }
        forgetRests(at: now)
        joins.removeAll { $0 + Self.joinWindow <= now.elapsed }
        let free = max(0, TwitchLimits.joins.count - joins.count)
        return rooms.indices.filter { rooms[$0].state == .wanted }.prefix(free).map { index in
            rooms[index].state = .asked(at: now.elapsed)
            joins.append(now.elapsed)
            return .send(socket, Secret("JOIN #\(rooms[index].login)"))
        }
    }

    /// Twitch says nothing of rooms that do not exist.
    mutating func giveUpJoins(at now: ChatMoment) -> [Order] {
        var orders: [Order] = []
        for index in rooms.indices {
            guard case .asked(let moment) = rooms[index].state, now.elapsed >= moment + Self.joinWithin else {
                continue
            }
            rooms[index].state = .waiting(until: now.elapsed + Self.joinRest)
            orders.append(.deliver(.lost(rooms[index].channel, reason: "no answer to JOIN #\(rooms[index].login)")))
        }
        return orders
    }
}
