import Synchronization

/// Tells whoever listens that something is new; who is busy hears one ring for many.
package final class Doorbell: Sendable {
    private struct Listeners {
        var last = 0
        var continuations: [Int: AsyncStream<Void>.Continuation] = [:]
    }

    private let listeners = Mutex(Listeners())

    /// A stream of rings from now on.
    package func rings() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = listeners.withLock { listeners in
            listeners.last += 1
            listeners.continuations[listeners.last] = continuation
            return listeners.last
        }
        continuation.onTermination = { [weak self] _ in
            self?.listeners.withLock { $0.continuations[id] = nil }
        }
        return stream
    }

    func ring() {
        let all = listeners.withLock { Array($0.continuations.values) }
        for continuation in all { continuation.yield() }
    }
}
