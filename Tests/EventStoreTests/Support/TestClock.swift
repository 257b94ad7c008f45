import EventStore
import Synchronization

/// A clock that stands still until a test moves it, in either direction.
final class TestClock: Sendable {
    private let microseconds: Mutex<Int>

    init(_ microseconds: Int = 1_700_000_000_000_000) {
        self.microseconds = Mutex(microseconds)
    }

    var now: Int { microseconds.withLock { $0 } }

    func advance(by distance: Int) { microseconds.withLock { $0 += distance } }

    var options: Journal.Options { Journal.Options(now: { self.now }) }
}
