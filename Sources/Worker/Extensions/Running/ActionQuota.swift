import DequeModule
import Domain
import Synchronization

/// How much each install has done lately.
final class ActionQuota: Sendable {
    static let countMax = 20
    static let span = Duration.seconds(60)

    private let done = Mutex<[InstallID: Deque<MonotonicClock.Instant>]>([:])

    /// False when the install has done enough for now.
    func take(_ install: InstallID, at now: MonotonicClock.Instant) -> Bool {
        done.withLock { done in
            var times = done.removeValue(forKey: install) ?? []
            defer { done[install] = times }
            while let first = times.first, now - first >= Self.span { times.removeFirst() }
            guard times.count < Self.countMax else { return false }
            times.append(now)
            return true
        }
    }

    func sweep(at now: MonotonicClock.Instant) {
        done.withLock { done in done = done.filter { $0.value.last.map { now - $0 < Self.span } ?? false } }
    }
}
