import Domain
import Synchronization

/// The system's clock, as much later as a test says.
final class MovedClock: Sendable {
    private let seconds = Mutex(0.0)

    func advance(seconds more: Double) { seconds.withLock { $0 += more } }

    var clock: WallClock {
        WallClock { WallClock.system.now.adding(seconds: self.seconds.withLock { $0 }) }
    }
}
