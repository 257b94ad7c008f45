import Foundation
import Threading

/// A thread that isolates live on: whoever wants something of them comes to it.
package final class IsolateThread: Sendable {
    package static let stackBytes = 8 << 20
    private typealias Job = @Sendable (Lane) -> Void

    /// What waits for the thread.
    private let jobs = Mailbox<Job>()

    package init(name: String = "isolates") {
        let jobs = jobs
        let thread = Thread {
            let lane = Lane()
            while let waiting = jobs.take() { for job in waiting { job(lane) } }
        }
        // V8 takes up to a megabyte for JavaScript itself; its own parsers want room below that.
        thread.stackSize = Self.stackBytes
        thread.name = name
        thread.start()
    }

    deinit { jobs.close() }

    /// Runs something on the thread, and does not wait for it.
    package func post(_ body: @escaping @Sendable (Lane) -> Void) {
        jobs.put(body)
    }

    /// Runs something on the thread. Isolates that it makes must stay there: keep them in what only such bodies touch.
    package func perform<Value: Sendable>(_ body: @escaping @Sendable (Lane) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            jobs.put { lane in continuation.resume(with: Result { try body(lane) }) }
        }
    }
}
