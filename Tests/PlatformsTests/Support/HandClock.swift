import Domain
import Platforms
import Synchronization

/// A clock that stands still until a test moves it; who sleeps wakes up when it has moved far enough.
final class HandClock: Sendable {
    private struct State {
        var elapsed = Duration.zero
        var last = 0
        var sleepers: [Int: (until: Duration, continuation: CheckedContinuation<Void, any Error>)] = [:]
    }

    private let start = WallClock.system.now
    private let state = Mutex(State())

    var chat: ChatClock {
        let wall = WallClock { self.start.adding(seconds: self.elapsed / .seconds(1)) }
        return ChatClock(elapsed: { self.elapsed }, wall: wall, sleep: { try await self.sleep(for: $0) })
    }

    private var elapsed: Duration { state.withLock { $0.elapsed } }

    /// When the next sleeper wants to wake up, counted from now.
    var nextWake: Duration? {
        state.withLock { state in state.sleepers.values.map(\.until).min().map { $0 - state.elapsed } }
    }

    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.elapsed += duration
            let due = state.sleepers.filter { $0.value.until <= state.elapsed }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    private func sleep(for duration: Duration) async throws {
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
