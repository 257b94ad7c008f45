import Domain
import EventStore
import Synchronization

/// A clock that moves by one second whenever the journal asks, so that no two moments are the same.
final class TestClock: Sendable {
    static let start = 1_700_000_000_000_000
    private let microseconds = Mutex(start)

    var now: Timestamp { Timestamp(microseconds: microseconds.withLock { $0 }) }

    func advance(seconds: Int) { microseconds.withLock { $0 += seconds * 1_000_000 } }

    var options: Journal.Options {
        Journal.Options(now: {
            self.advance(seconds: 1)
            return self.now.microseconds
        })
    }
}

extension Timestamp {
    /// Seconds after the moment at which the clock starts.
    static func seconds(_ seconds: Int) -> Timestamp { Timestamp(microseconds: TestClock.start + seconds * 1_000_000) }
}
