import Domain

/// One channel that is wanted, and how far its connection is.
struct TrovoRoom: Sendable {
    enum Link: Equatable, Sendable {
        case wanted
        /// A token is asked for; it is good for 20 s.
        case asking(Int)
        case opening(SocketID, Secret, until: Duration)
        /// Has said who it is, and waits for the answer.
        case entering(SocketID, until: Duration)
        case open(SocketID, pingAt: Duration, pongUntil: Duration?)
        case resting(until: Duration)
        case refused(until: Duration)
    }

    let channel: ChatChannel
    var link = Link.wanted
    var failures = 0
    /// What was said before is history.
    var hearFrom: Timestamp?
    /// Whether its first entries have come.
    var hasHistory = false
    /// Until then, history may come.
    var historyUntil = Duration.zero
    /// As many as history brings again.
    var recent = RecentIDs(countMax: 64)
    var aliveAt: Duration?
    var gifts = TrovoGifts()

    /// Not with every line.
    mutating func tellsAlive(at now: Duration) -> Bool {
        guard aliveAt.map({ now - $0 >= .seconds(5) }) ?? true else { return false }
        aliveAt = now
        return true
    }

    /// Whether it has not been told in another form.
    mutating func tells(_ event: ChatEvent, type: Int?) -> Bool {
        if case .happened(let event) = event { gifts.isNew(event, type: type) } else { true }
    }

    var socket: SocketID? {
        switch link {
        case .opening(let socket, _, _), .entering(let socket, _), .open(let socket, _, _): socket
        case .wanted, .asking, .resting, .refused: nil
        }
    }

    /// Whether it is being made.
    var isUnderWay: Bool {
        switch link {
        case .asking, .opening, .entering: true
        case .wanted, .open, .resting, .refused: false
        }
    }

    var deadline: Duration? {
        switch link {
        case .wanted, .asking: nil
        case .opening(_, _, let until), .entering(_, let until), .resting(let until), .refused(let until): until
        case .open(_, let pingAt, let pongUntil): pongUntil ?? pingAt
        }
    }
}
