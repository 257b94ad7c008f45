import TestTools
import Worker

extension HandClock {
    private static let start = ContinuousClock.now

    var now: ContinuousClock.Instant { Self.start + elapsed }

    var monotonic: MonotonicClock {
        MonotonicClock(now: { self.now }, sleep: { try await self.sleep(for: $0) })
    }
}
