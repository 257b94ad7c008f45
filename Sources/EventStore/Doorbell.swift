import Dispatch
import Synchronization

/// Tells whoever waits that a position has been reached. Positions only grow, so a ring cannot be missed.
package final class Doorbell: Sendable {
    private struct State {
        var position: Int
        var nextID = 0
        var waiting: [Int: (position: Int, wake: Wake)] = [:]
        var closed = false

        mutating func makeID() -> Int {
            nextID += 1
            return nextID
        }
    }

    private typealias Wake = @Sendable () -> Void

    private let state: Mutex<State>

    package init(position: Int) {
        state = Mutex(State(position: position))
    }

    package var position: Int { state.withLock { $0.position } }

    package func ring(_ position: Int) {
        let ready = state.withLock { state in
            guard position > state.position else { return [Wake]() }
            state.position = position
            guard !state.waiting.isEmpty else { return [] }
            let due = state.waiting.filter { $0.value.position <= position }
            for id in due.keys { state.waiting[id] = nil }
            return due.values.map(\.wake)
        }
        for wake in ready { wake() }
    }

    /// Lets everybody go, now and from here on.
    package func close() {
        let all = state.withLock { state in
            state.closed = true
            defer { state.waiting = [:] }
            return state.waiting.values.map(\.wake)
        }
        for wake in all { wake() }
    }

    /// Returns once the position was reached, the bell closed or the task cancelled: true when it was reached.
    package func wait(for position: Int) async -> Bool {
        let id = state.withLock { $0.makeID() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let resumeNow = state.withLock { state in
                    if state.position >= position || state.closed || Task.isCancelled { return true }
                    state.waiting[id] = (position, { continuation.resume() })
                    return false
                }
                if resumeNow { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id)?.wake }?()
        }
        return self.position >= position
    }

    /// The same for a thread that may block: it is woken without a way through Swift's pool.
    ///
    /// - Parameter interruption: lets it go early when it is signalled.
    package func block(until position: Int, timeoutSeconds: Double, interruption: DispatchSemaphore) {
        let id = state.withLock { state -> Int? in
            if state.position >= position { return nil }
            let id = state.makeID()
            // Nobody rings a closed bell: its time passes.
            if !state.closed { state.waiting[id] = (position, { interruption.signal() }) }
            return id
        }
        guard let id else { return }
        _ = interruption.wait(timeout: .now() + timeoutSeconds)
        state.withLock { $0.waiting[id] = nil }
    }
}
