import Domain
import Synchronization

/// The newest changes in memory: who follows the feed closely reads them here, microseconds after the commit and before
/// they are in the file.
final class FeedTail: Sendable {
    static let countMax = 8_192

    fileprivate struct State {
        /// Each follows the one before it.
        var entries: [FreshChange] = []
        /// Of the feed, with or without entries.
        var last: ChangeID
        var digest: DocumentDigest
    }

    private let state: Mutex<State>

    init(_ start: ProjectionState) {
        state = Mutex(State(last: start.lastChange, digest: start.digest))
    }

    var head: (last: ChangeID, digest: DocumentDigest) { state.withLock { ($0.last, $0.digest) } }

    func append(_ changes: [FreshChange]) {
        guard let newest = changes.last else { return }
        state.withLock { state in
            // The half of it at a time, so that most appends move nothing.
            if state.entries.count >= 2 * Self.countMax { state.entries.removeFirst(Self.countMax) }
            state.entries += changes
            (state.last, state.digest) = (newest.change.id, newest.digest)
        }
    }

    /// Another history of documents begins, which stands here.
    func begin(_ start: ProjectionState) {
        state.withLock { $0 = State(last: start.lastChange, digest: start.digest) }
    }

    /// What follows a change; nil when that is not known here.
    func changes(after id: ChangeID, limit: Int) -> [FeedChange]? {
        state.withLock { state in
            if id == state.last { return [] }
            guard let first = state.place(after: id) else { return nil }
            return state.entries[first...].prefix(limit).map(\.change)
        }
    }

    /// The digest of all documents after a change, and when the change was recorded.
    func digest(after id: ChangeID) -> (digest: DocumentDigest, recordedAt: Timestamp?)? {
        state.withLock { state in
            guard let place = state.place(of: id) else { return id == state.last ? (state.digest, nil) : nil }
            return (state.entries[place].digest, state.entries[place].change.recordedAt)
        }
    }
}

extension FeedTail.State {
    /// Where the change stands that has this one as its predecessor.
    fileprivate func place(after id: ChangeID) -> Int? {
        let place = firstPlace { $0.change.id > id }
        return place < entries.count && entries[place].change.previous == id ? place : nil
    }

    fileprivate func place(of id: ChangeID) -> Int? {
        let place = firstPlace { $0.change.id >= id }
        return place < entries.count && entries[place].change.id == id ? place : nil
    }

    /// The first entry for which it holds; it holds for all that follow.
    private func firstPlace(where holds: (FreshChange) -> Bool) -> Int {
        var low = 0, high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if holds(entries[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
