import Foundation
import Threading

/// A connection with a thread of its own: callers wait without holding a thread of Swift's pool.
///
/// It does not mend itself. After an error with `isConnectionBroken` every further call fails the same way: open a new
/// one, after a `Backoff`.
package final class RedisConnection: Sendable {
    private typealias Job = @Sendable (Result<RedisSession, any Error>) -> Void

    /// What waits for the connection's thread.
    private let jobs = Mailbox<Job>()
    private let interruption = Interruption()

    /// Begins to connect; the first call tells whether it has worked.
    package init(_ url: RedisURL, limits: RedisSession.Limits = RedisSession.Limits(), name: String = "redis") {
        let (jobs, interruption) = (jobs, interruption)
        let thread = Thread {
            // Made and used on this thread alone.
            let session = Result { try RedisSession(url, limits: limits, interruption: interruption) }
            while let waiting = jobs.take() { for job in waiting { job(session) } }
        }
        thread.name = name
        thread.start()
    }

    deinit { close() }

    /// Ends a call that is under way, and refuses every further one.
    package func close() {
        interruption.interrupt()
        jobs.close()
    }

    /// Runs something on the connection's thread, where it may wait.
    package func perform<Value: Sendable>(_ body: @escaping @Sendable (RedisSession) throws -> Value) async throws
        -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            let isTaken = jobs.put { session in
                continuation.resume(with: Result { try body(try session.get()) })
            }
            if !isTaken {
                continuation.resume(throwing: RedisError(.closed, "the connection to Redis was closed here"))
            }
        }
    }

    package func send(_ command: RedisCommand, waitingSeconds: Double = 0) async throws -> RedisReply {
        try await perform { try $0.send(command, waitingSeconds: waitingSeconds) }
    }

    package func send(_ commands: [RedisCommand]) async throws -> [RedisReply] {
        try await perform { try $0.send(commands) }
    }
}
