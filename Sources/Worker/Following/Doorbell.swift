import Synchronization

/// Tells whoever listens that something is new; who is busy hears one ring for many.
package final class Doorbell: Sendable {
    private struct State {
        /// How often it has rung.
        var count = 0
        var nextID = 0
        var listeners: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package var count: Int { state.withLock { $0.count } }

    func ring() {
        let all = state.withLock { state in
            state.count += 1
            defer { state.listeners = [:] }
            return Array(state.listeners.values)
        }
        for listener in all { listener.resume() }
    }

    /// Returns once it has rung more often than this, or the task is cancelled.
    package func wait(beyond count: Int) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.count > count || Task.isCancelled { return true }
                    state.listeners[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.listeners.removeValue(forKey: id) }?.resume()
        }
    }
}
