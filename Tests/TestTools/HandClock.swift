import Synchronization

/// A clock that stands still until a test moves it; who sleeps wakes up when it has moved far enough.
package final class HandClock: Sendable {
    private struct State {
        var elapsed = Duration.zero
        var last = 0
        var sleepers: [Int: (until: Duration, continuation: CheckedContinuation<Void, any Error>)] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// Since the clock was made.
    package var elapsed: Duration { state.withLock { $0.elapsed } }

    package var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// When the next sleeper wants to wake up, counted from now.
    package var nextWake: Duration? {
        state.withLock { state in state.sleepers.values.map(\.until).min().map { $0 - state.elapsed } }
    }

    package func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.elapsed += duration
            let due = state.sleepers.filter { $0.value.until <= state.elapsed }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    package func sleep(for duration: Duration) async throws {
        let id = state.withLock { state in
            state.last += 1
            return state.last
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                state.withLock { $0.sleepers[id] = ($0.elapsed + duration, continuation) }
                if Task.isCancelled { wake(id) }
            }
        } onCancel: {
            wake(id)
        }
    }

    private func wake(_ id: Int) {
        let sleeper = state.withLock { $0.sleepers.removeValue(forKey: id) }
        sleeper?.continuation.resume(throwing: CancellationError())
    }
}
