import Domain
import NIOHTTP1

/// What Twitch's API answered to one request, or why there is no answer.
struct HelixAnswer: Sendable {
    /// An answer that is longer is not read to its end; ours have some hundred bytes.
    static let bodyBytesMax = 65_536

    let status: UInt
    /// nil when it is no JSON, too long, or was cut.
    var body: JSON?
    var budget: RateBudget?
    /// What `Retry-After` says.
    var retryAfterSeconds: Double?

    init(status: UInt, body: JSON? = nil, headers: HTTPHeaders = [:]) {
        (self.status, self.body) = (status, body)
        budget = RateBudget(helix: headers)
        retryAfterSeconds = headers.first(name: "Retry-After").flatMap(Double.init).flatMap(Self.plausible)
    }

    /// What Twitch says of a failure, with the status.
    var reason: String {
        let message = body?["message"]?.string ?? body?["error"]?.string ?? ""
        return message.isEmpty ? "Twitch answered \(status)" : "\(message) (\(status))"
    }

    /// How long to wait after a 429: until the bucket is full. Never longer than a bucket takes to fill, whatever a
    /// wrong clock says, and never so short that the next request is too early again.
    func waitSeconds(at now: Timestamp) -> Double {
        let wait = retryAfterSeconds ?? budget.map { $0.reset.seconds(since: now) } ?? 1
        return min(max(wait, 0.5), 60)
    }

    private static func plausible(_ seconds: Double) -> Double? {
        seconds.isFinite && (0...3600).contains(seconds) ? seconds : nil
    }
}

extension RateBudget {
    /// `Ratelimit-Limit`, `-Remaining` and `-Reset` (seconds since 1970); nil when one is missing or absurd.
    init?(helix headers: HTTPHeaders) {
        guard let limit = headers.first(name: "Ratelimit-Limit").flatMap(Int.init), limit > 0,
            let remaining = headers.first(name: "Ratelimit-Remaining").flatMap(Int.init), remaining >= 0,
            let reset = headers.first(name: "Ratelimit-Reset").flatMap(Int.init), (0...253_402_300_799).contains(reset)
        else { return nil }
        self.init(limit: limit, remaining: remaining, reset: Timestamp(microseconds: reset * 1_000_000))
    }
}
