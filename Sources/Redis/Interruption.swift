import Foundation
import Synchronization

/// Lets one thread end a call on which another one waits: the socket is shut, so that the wait ends at once.
package final class Interruption: Sendable {
    private struct State {
        var descriptor: Int32?
        var isClosed = false
    }

    private let state = Mutex(State())

    package init() {}

    package var isClosed: Bool { state.withLock { $0.isClosed } }

    /// - Parameter isClosing: whether it is meant to stay so.
    package func interrupt(isClosing: Bool = true) {
        state.withLock { state in
            if isClosing { state.isClosed = true }
            if let descriptor = state.descriptor { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// The descriptor is ours until `end`: nobody shuts a number that the system has given to somebody else.
    func begin(_ descriptor: Int32) throws {
        try state.withLock { state in
            if state.isClosed { throw RedisError(.closed, "the connection to Redis was closed here") }
            state.descriptor = descriptor
        }
    }

    func end() {
        state.withLock { $0.descriptor = nil }
    }
}
