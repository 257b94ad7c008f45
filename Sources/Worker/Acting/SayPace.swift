/// How often a bot may speak in a channel: so many messages in any stretch of so long.
package struct SayLimit: Equatable, Sendable {
    package let countMax: Int
    package let window: Duration

    package init(countMax: Int, window: Duration) {
        (self.countMax, self.window) = (countMax, window)
    }
}

/// When a bot has spoken in one channel lately.
struct SayPace: Sendable {
    let limit: SayLimit
    private var said: [MonotonicClock.Instant] = []

    init(_ limit: SayLimit) {
        self.limit = limit
    }

    /// When it may speak again; nil for now.
    mutating func restsUntil(at now: MonotonicClock.Instant) -> MonotonicClock.Instant? {
        said.removeAll { now - $0 >= limit.window }
        return said.count < limit.countMax ? nil : said[0] + limit.window
    }

    mutating func speak(at now: MonotonicClock.Instant) {
        said.append(now)
    }

    /// When the last of it is forgotten; nil when nothing is remembered.
    var forgottenAt: MonotonicClock.Instant? { said.last.map { $0 + limit.window } }
}
