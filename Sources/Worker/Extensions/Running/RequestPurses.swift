import Domain
import Synchronization

/// How many requests each install may still make: so many for every call of a handler that is under way. What several
/// calls leave over is not kept for later ones.
package final class RequestPurses: Sendable {
    package static let perCallMax = 10

    private struct Purse {
        var calls = 0, left = 0
    }

    private let purses = Mutex<[InstallID: Purse]>([:])

    package init() {}

    package func begin(_ install: InstallID) {
        purses.withLock { purses in
            purses[install, default: Purse()].calls += 1
            purses[install, default: Purse()].left += Self.perCallMax
        }
    }

    package func end(_ install: InstallID) {
        purses.withLock { purses in
            guard var purse = purses[install] else { return }
            purse.calls -= 1
            purse.left = min(purse.left, purse.calls * Self.perCallMax)
            purses[install] = purse.calls > 0 ? purse : nil
        }
    }

    /// False when nothing is left.
    package func take(_ install: InstallID) -> Bool {
        purses.withLock { purses in
            guard let left = purses[install]?.left, left > 0 else { return false }
            purses[install]?.left = left - 1
            return true
        }
    }
}
