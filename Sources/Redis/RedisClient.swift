import Synchronization

/// A connection that is opened when it is first needed, and anew after it has failed.
///
/// Every call is tried once; who wants to try again waits in between (`Backoff`).
package final class RedisClient: Sendable {
    private let url: RedisURL, limits: RedisSession.Limits, name: String
    private let connection = Mutex<RedisConnection?>(nil)

    package init(_ url: RedisURL, limits: RedisSession.Limits = RedisSession.Limits(), name: String = "redis") {
        (self.url, self.limits, self.name) = (url, limits, name)
    }

    package func perform<Value: Sendable>(_ body: @escaping @Sendable (RedisSession) throws -> Value) async throws
        -> Value
    {
        let current = connection.withLock { connection in
            let current = connection ?? RedisConnection(url, limits: limits, name: name)
            connection = current
            return current
        }
        do {
            // Whoever stops does not wait for an answer that may not come.
            return try await withTaskCancellationHandler {
                try await current.perform(body)
            } onCancel: {
                drop(current)
            }
        } catch {
            drop(current)
            throw error
        }
    }

    package func send(_ commands: [RedisCommand]) async throws -> [RedisReply] {
        try await perform { session in try session.send(commands).map { try $0.get() } }
    }

    /// The next call opens another one.
    package func close() {
        connection.withLock { $0.take() }?.close()
    }

    private func drop(_ failed: RedisConnection) {
        connection.withLock { if $0 === failed { $0 = nil } }
        failed.close()
    }
}
