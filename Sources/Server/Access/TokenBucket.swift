/// So much a second, and so much at once after a rest.
package struct Budget: Equatable, Sendable {
    package var perSecond: Double
    package var burst: Double

    package init(perSecond: Double, burst: Double) {
        (self.perSecond, self.burst) = (perSecond, burst)
    }

    /// Nothing is limited.
    package static let off = Budget(perSecond: 0, burst: 0)

    var isOff: Bool { perSecond <= 0 }
}

/// Whether a request may go on.
package enum Admission: Equatable, Sendable {
    case allowed
    /// - retryAfterSeconds: at least 1, for the header `Retry-After`.
    case limited(retryAfterSeconds: Int)
}

/// What is left of one caller's budget: it fills steadily, up to the burst.
struct TokenBucket {
    private var tokens: Double
    private(set) var touchedAt: ContinuousClock.Instant

    init(_ budget: Budget, at now: ContinuousClock.Instant) {
        (tokens, touchedAt) = (budget.burst, now)
    }

    /// Looks whether there is a token, and takes it.
    mutating func take(_ budget: Budget, at now: ContinuousClock.Instant) -> Admission {
        let admission = look(budget, at: now)
        if admission == .allowed { tokens -= 1 }
        return admission
    }

    /// Looks whether there is a token, and leaves it.
    mutating func look(_ budget: Budget, at now: ContinuousClock.Instant) -> Admission {
        fill(budget, at: now)
        guard tokens < 1 else { return .allowed }
        return .limited(retryAfterSeconds: max(1, Int(((1 - tokens) / budget.perSecond).rounded(.up))))
    }

    func isFull(_ budget: Budget, at now: ContinuousClock.Instant) -> Bool {
        var copy = self
        copy.fill(budget, at: now)
        return copy.tokens >= budget.burst
    }

    private mutating func fill(_ budget: Budget, at now: ContinuousClock.Instant) {
        guard now > touchedAt else { return }
        let elapsed = (now - touchedAt) / .seconds(1)
        (tokens, touchedAt) = (min(budget.burst, tokens + elapsed * budget.perSecond), now)
    }
}
