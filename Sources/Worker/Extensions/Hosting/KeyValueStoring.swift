import Domain
import Synchronization

/// Where extensions keep things.
package protocol KeyValueStoring: Sendable {
    /// - Returns: JSON: of `get` the value or null, of `set` nothing but null, of `delete` whether it was there, of
    ///   `increment` the new number, of `list` the keys in the order of their bytes.
    func perform(_ operation: KeyValueOperation, for install: InstallID) async throws(KeyValueRefusal) -> [UInt8]
}

/// Things that are kept as long as the process lives: for `extension run`, and for tests.
package final class MemoryKeyValues: KeyValueStoring {
    private let shelves = Mutex<[InstallID: KeyValueShelf]>([:])

    package init() {}

    package func perform(
        _ operation: KeyValueOperation, for install: InstallID
    ) async throws(KeyValueRefusal) -> [UInt8] {
        let result = shelves.withLock { shelves in
            Result { () throws(KeyValueRefusal) in
                try shelves[install, default: KeyValueShelf()].perform(operation)
            }
        }
        return try result.get()
    }
}
