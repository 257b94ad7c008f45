import Synchronization

/// Views that nobody uses now: who turns the pages of one moment, or goes on to the next, finds it made.
final class PastViews: Sendable {
    /// Each holds what it has changed in memory, some tens of megabytes at the most.
    static let idleMax = 4

    private struct State: Sendable {
        /// The one that was used last is the last.
        var idle: [PastView] = []
    }

    private let state = Mutex(State())

    /// The view that is nearest to a position; nil when one must be opened.
    func take(base: SnapshotFile?, for position: Int) -> PastView? {
        state.withLock { state in
            let mine = state.idle.indices.filter { state.idle[$0].base == base }
            let place =
                mine.first { state.idle[$0].isWhole(at: position) }
                ?? mine.first { if case .everything = state.idle[$0].reached { false } else { true } }
                ?? (state.idle.count >= Self.idleMax ? mine.first : nil)
            return place.map { state.idle.remove(at: $0) }
        }
    }

    func giveBack(_ view: PastView) {
        state.withLock { state in
            if state.idle.count >= Self.idleMax { state.idle.removeFirst() }
            state.idle.append(view)
        }
    }

    func forget() {
        state.withLock { $0.idle.removeAll() }
    }
}
