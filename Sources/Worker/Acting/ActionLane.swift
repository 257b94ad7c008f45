import DequeModule
import Domain
import Platforms

/// What waits in one channel: the more urgent first, and of one urgency the older first.
///
/// What must wait before it is tried again holds up nothing else.
struct ActionLane: Sendable {
    typealias Instant = MonotonicClock.Instant

    /// Who floods a channel gets no more memory than this.
    static let countMax = 1_000
    /// So that one channel's storm leaves room for the others.
    static let inFlightMax = 4

    enum Step {
        case send(PendingAction)
        /// It is not worth doing any more.
        case giveUp(PendingAction)
        case wait(until: Instant)
        /// Nothing before something is put in or comes back.
        case rest
    }

    private var queues = Array(repeating: Deque<PendingAction>(), count: ChatAction.urgencies)
    private var delayed: [PendingAction] = []
    private var pace: SayPace
    private var inFlight = 0
    private var restsUntil: Instant?

    init(_ limit: RateLimit) {
        pace = SayPace(limit)
    }

    var count: Int { queues.reduce(delayed.count) { $0 + $1.count } }

    /// From when on nothing would be lost with it; nil while something waits or is on its way.
    func forgettable(at now: Instant) -> Instant? {
        guard count == 0, inFlight == 0 else { return nil }
        return max(now, restsUntil ?? now, pace.forgottenAt ?? now)
    }

    /// - Returns: what had to make room for it, or it itself: the least urgent, and of these the newest.
    mutating func put(_ action: PendingAction) -> PendingAction? {
        queues[action.action.urgency].append(action)
        guard count > Self.countMax else { return nil }
        for urgency in queues.indices.reversed() {
            if let last = queues[urgency].popLast() { return last }
        }
        return delayed.popLast()
    }

    mutating func next(at now: Instant) -> Step {
        if let place = delayed.firstIndex(where: { $0.deadline <= now }) { return .giveUp(delayed.remove(at: place)) }
        admitDelayed(at: now)
        guard inFlight < Self.inFlightMax else { return .rest }
        if let restsUntil, restsUntil > now { return count == 0 ? .rest : .wait(until: restsUntil) }
        var wakesAt = delayed.compactMap(\.notBefore).min()
        for urgency in queues.indices {
            guard let first = queues[urgency].first else { continue }
            if first.deadline <= now { return .giveUp(queues[urgency].removeFirst()) }
            if case .say = first.action {
                if let until = pace.restsUntil(at: now) {
                    wakesAt = min(wakesAt ?? until, until, first.deadline)
                    continue
                }
                pace.speak(at: now)
            }
            inFlight += 1
            return .send(queues[urgency].removeFirst())
        }
        return wakesAt.map { .wait(until: $0) } ?? .rest
    }

    /// Those whose time has come go before what was put in later.
    private mutating func admitDelayed(at now: Instant) {
        for action in delayed where action.notBefore ?? now <= now {
            queues[action.action.urgency].prepend(action)
        }
        delayed.removeAll { $0.notBefore ?? now <= now }
    }

    /// It came back from the platform, to be tried again or not.
    mutating func takeBack(retry: PendingAction?) {
        inFlight -= 1
        if let retry { delayed.append(retry) }
    }

    /// Nothing is sent for a while.
    mutating func rest(until: Instant) {
        restsUntil = max(restsUntil ?? until, until)
    }

    /// Takes out everything that waits.
    mutating func removeAll() -> [PendingAction] {
        defer { (queues, delayed) = (queues.map { _ in Deque() }, []) }
        return queues.flatMap { $0 } + delayed
    }
}
