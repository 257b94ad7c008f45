import Platforms

/// When a bot has spoken in one channel lately.
struct SayPace: Sendable {
    let limit: RateLimit
    private var said: [MonotonicClock.Instant] = []

    init(_ limit: RateLimit) {
        self.limit = limit
    }

    /// When it may speak again; nil for now.
    mutating func restsUntil(at now: MonotonicClock.Instant) -> MonotonicClock.Instant? {
        said.removeAll { now - $0 >= .seconds(limit.seconds) }
        return said.count < limit.count ? nil : said[0] + .seconds(limit.seconds)
    }

    mutating func speak(at now: MonotonicClock.Instant) {
        said.append(now)
    }

    /// When the last of it is forgotten; nil when nothing is remembered.
    var forgottenAt: MonotonicClock.Instant? { said.last.map { $0 + .seconds(limit.seconds) } }
}
