import Domain
import NIOHTTP1
import Synchronization

/// What is known of Discord's limits: its buckets, 50 requests a second in all, and how many bad answers are too many.
///
/// Discord shuts out an address that got 10,000 answers of 401, 403 or 429 within ten minutes; long before that nothing
/// is sent any more.
final class DiscordGate: APIGate {
    static let globalMax = 48, globalWindow = Duration.seconds(1)
    static let invalidMax = 5_000, invalidWindow = Duration.seconds(600)
    private static let bucketsMax = 20_000

    fileprivate struct Bucket {
        var remaining: Int
        var fullAt: Duration
    }

    fileprivate struct State {
        /// Discord's own names of buckets, by route.
        var names: [String: String] = [:]
        var buckets: [String: Bucket] = [:]
        var sent: [Duration] = []
        var closedUntil: Duration?
        /// How many bad answers came in which second.
        var invalid: [(second: Int, count: Int)] = []
    }

    private let state = Mutex(State())

    func refusal(of request: APIRequest, at now: ChatMoment) -> APIClient.Failure? {
        let now = now.elapsed
        return state.withLock { state in
            if let wait = state.invalidWait(at: now) {
                return Self.failure(
                    "too many of our requests were refused: nothing is sent for a while", wait, .account)
            }
            if let until = state.closedUntil, until > now {
                return Self.failure("Discord's limit for everything is reached", until - now, .account)
            }
            state.sent.removeAll { now - $0 >= Self.globalWindow }
            guard state.sent.count < Self.globalMax else {
                return Self.failure(
                    "50 requests a second are reached", state.sent[0] + Self.globalWindow - now, .account)
            }
            if let key = state.key(of: request), var bucket = state.buckets[key] {
                if bucket.fullAt <= now {
                    state.buckets[key] = nil
                } else {
                    guard bucket.remaining > 0 else {
                        return Self.failure("the bucket is empty", bucket.fullAt - now, .channel)
                    }
                    bucket.remaining -= 1
                    state.buckets[key] = bucket
                }
            }
            state.sent.append(now)
            return nil
        }
    }

    private static func failure(_ reason: String, _ wait: Duration, _ limit: APIClient.Failure.Limit)
        -> APIClient.Failure
    {
        APIClient.Failure(reason: reason, retryAfterSeconds: max(wait / .seconds(1), 0.02), limit: limit)
    }

    func learn(_ answer: APIAnswer, from request: APIRequest, at now: ChatMoment) {
        let now = now.elapsed
        state.withLock { state in
            if state.buckets.count > Self.bucketsMax {
                state.buckets = state.buckets.filter { $0.value.fullAt > now }
                if state.names.count > Self.bucketsMax { state.names = [:] }
            }
            let isShared = answer.headers.first(name: "X-RateLimit-Scope") == "shared"
            if [401, 403].contains(answer.status) || (answer.status == 429 && !isShared) { state.count(at: now) }
            if let name = answer.headers.first(name: "X-RateLimit-Bucket"), let route = request.route {
                state.names[route] = name
            }
            if answer.status == 429 {
                let until = now + .seconds(answer.discordWaitSeconds)
                if answer.isDiscordGlobal {
                    state.closedUntil = max(state.closedUntil ?? until, until)
                } else if let key = state.key(of: request) {
                    state.buckets[key] = Bucket(remaining: 0, fullAt: until)
                }
                return
            }
            guard let key = state.key(of: request),
                let remaining = answer.headers.first(name: "X-RateLimit-Remaining").flatMap(Int.init), remaining >= 0,
                let after = answer.seconds("X-RateLimit-Reset-After")
            else { return }
            let known = state.buckets[key], fullAt = now + .seconds(after)
            // Answers overtake each other: within one filling, the lower counts.
            let isSame = known.map { abs(($0.fullAt - fullAt) / .seconds(1)) < 0.5 } ?? false
            state.buckets[key] = Bucket(
                remaining: isSame ? min(remaining, known?.remaining ?? remaining) : remaining, fullAt: fullAt)
        }
    }
}

extension DiscordGate.State {
    /// A bucket is counted apart for each channel and server.
    fileprivate func key(of request: APIRequest) -> String? {
        guard let route = request.route else { return nil }
        guard let name = names[route] else { return route }
        let major = request.path.split(separator: "/").prefix(2).joined(separator: "/")
        return "\(name) \(major)"
    }

    fileprivate mutating func count(at now: Duration) {
        let second = Int(now / .seconds(1))
        if invalid.last?.second == second {
            invalid[invalid.count - 1].count += 1
        } else {
            invalid.append((second, 1))
        }
    }

    /// How long to be silent; nil when there were not too many.
    fileprivate mutating func invalidWait(at now: Duration) -> Duration? {
        guard !invalid.isEmpty else { return nil }
        let oldest = Int((now - DiscordGate.invalidWindow) / .seconds(1))
        if let first = invalid.first, first.second < oldest { invalid.removeAll { $0.second < oldest } }
        guard invalid.reduce(0, { $0 + $1.count }) >= DiscordGate.invalidMax, let first = invalid.first else {
            return nil
        }
        return max(.seconds(1), .seconds(first.second) + DiscordGate.invalidWindow - now)
    }
}
