import Domain
import Synchronization

/// Where it is counted how often commands are used, for those that say it.
package protocol UseCounting: Sendable {
    /// Counts one more.
    ///
    /// - Returns: how many there are now, in all channels of the account.
    func count(_ use: CommandUse) async throws -> Int
}

/// Counts as long as the process lives: for tests, and where nobody keeps it.
package final class MemoryUses: UseCounting {
    private let counts = Mutex<[CommandUse: Int]>([:])

    package init() {}

    package func count(_ use: CommandUse) async throws -> Int {
        counts.withLock { counts in
            counts[use, default: 0] += 1
            return counts[use, default: 0]
        }
    }
}
