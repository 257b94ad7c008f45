import Sandbox

/// Whether an install may run: after too many failures it rests, then it is tried once, and either goes on or rests for
/// longer. A value; `BreakerBoard` holds the clock.
struct CircuitBreaker: Sendable {
    typealias Instant = MonotonicClock.Instant

    static let failuresMax = 5
    static let window = Duration.seconds(60)
    static let firstRest = Duration.seconds(30), restMax = Duration.seconds(900)
    /// One that has held out for so long after a rest is as good as new.
    static let probation = Duration.seconds(600)
    /// A trial that nobody has heard of again does not bar the way for ever.
    static let trialMax = Duration.seconds(60)

    enum State: Equatable, Sendable {
        case closed
        case open(until: Instant)
        /// One call is under way to see whether it works again; nil while nobody has begun.
        case trial(since: Instant?)
    }

    enum Change: Equatable, Sendable {
        /// - Parameter failures: how many have led to it.
        case tripped(failures: Int)
        case recovered
    }

    private(set) var state: State
    private var failedAt: [Instant] = []
    /// In a row.
    private var trips: Int
    private var recoveredAt: Instant?

    /// - Parameter isTripped: of an install that was suspended before this worker knew it: it is tried first.
    init(isTripped: Bool = false) {
        (state, trips) = isTripped ? (.trial(since: nil), 1) : (.closed, 0)
    }

    /// Whether a call may begin; when it is the one that is to show whether it works again, others wait for it.
    mutating func admits(at now: Instant) -> Bool {
        switch state {
        case .closed: return true
        case .open(let until):
            guard now >= until else { return false }
            state = .trial(since: now)
            return true
        case .trial(let since):
            if let since, now - since < Self.trialMax { return false }
            state = .trial(since: now)
            return true
        }
    }

    mutating func succeeded(at now: Instant) -> Change? {
        if let recoveredAt, now - recoveredAt >= Self.probation { (trips, self.recoveredAt) = (0, nil) }
        guard case .trial = state else { return nil }
        (state, failedAt, recoveredAt) = (.closed, [], now)
        return .recovered
    }

    /// - Parameter isFatal: when one is enough.
    mutating func failed(isFatal: Bool, at now: Instant) -> Change? {
        failedAt.removeAll { now - $0 > Self.window }
        failedAt.append(now)
        switch state {
        case .open: return nil
        case .trial: break
        case .closed: guard isFatal || failedAt.count >= Self.failuresMax else { return nil }
        }
        let wasTrial = state != .closed
        trips += 1
        state = .open(until: now + Self.rest(after: trips))
        defer { failedAt = [] }
        return wasTrial ? nil : .tripped(failures: failedAt.count)
    }

    /// The trial came to nothing, for a reason that is not the install's own.
    mutating func abandoned() {
        if case .trial = state { state = .trial(since: nil) }
    }

    static func rest(after trips: Int) -> Duration {
        min(restMax, firstRest * (1 << min(max(trips, 1) - 1, 10)))
    }
}

extension SandboxFailure.Kind {
    /// What it says of the install: nothing, that it has failed, or that it must not go on.
    var blame: (isFailure: Bool, isFatal: Bool) {
        switch self {
        case .timeout, .memory, .script, .result: (true, false)
        case .killed: (true, true)
        case .unloaded, .unavailable: (false, false)
        }
    }
}
