import EventStore
import Synchronization

/// An observer that holds the answers of committed appends back until it is told to let go, as slow read models do.
final class HeldAnswers: CommitObserver {
    private struct State {
        var holds = true
        var batches: [CommittedBatch] = []
    }

    private let state = Mutex(State())

    func committed(_ batch: CommittedBatch) {
        let answersNow = state.withLock { state in
            if state.holds { state.batches.append(batch) }
            return !state.holds
        }
        if answersNow { batch.acknowledge() }
    }

    var count: Int { state.withLock { $0.batches.count } }

    func letGo() {
        let batches = state.withLock { state in
            state.holds = false
            defer { state.batches = [] }
            return state.batches
        }
        for batch in batches { batch.acknowledge() }
    }

    /// Returns when so many batches are held.
    func wait(for wanted: Int) async throws {
        while count < wanted { try await Task.sleep(for: .milliseconds(1)) }
    }
}
