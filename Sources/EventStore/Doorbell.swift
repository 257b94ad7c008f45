import Synchronization

/// Tells whoever waits that a position has been reached. Positions only grow, so a ring cannot be missed.
package final class Doorbell: Sendable {
    private struct State {
        var position: Int
        var nextID = 0
        var waiting: [Int: (position: Int, continuation: CheckedContinuation<Void, Never>)] = [:]
        var closed = false
    }

    private let state: Mutex<State>

    package init(position: Int) {
        state = Mutex(State(position: position))
    }

    package var position: Int { state.withLock { $0.position } }

    package func ring(_ position: Int) {
        let ready = state.withLock { state in
            guard position > state.position else { return [CheckedContinuation<Void, Never>]() }
            state.position = position
            guard !state.waiting.isEmpty else { return [] }
            let due = state.waiting.filter { $0.value.position <= position }
            for id in due.keys { state.waiting[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in ready { continuation.resume() }
    }

    /// Lets everybody go, now and from here on.
    package func close() {
        let all = state.withLock { state in
            state.closed = true
            defer { state.waiting = [:] }
            return state.waiting.values.map(\.continuation)
        }
        for continuation in all { continuation.resume() }
    }

    /// Returns once the position was reached, the bell closed or the task cancelled: true when it was reached.
    package func wait(for position: Int) async -> Bool {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let resumeNow = state.withLock { state in
                    if state.position >= position || state.closed || Task.isCancelled { return true }
                    state.waiting[id] = (position, continuation)
                    return false
                }
                if resumeNow { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id)?.continuation }?.resume()
        }
        return self.position >= position
    }
}
