import Domain
import Synchronization

/// What each worker said last, and when: how far the fleet has come. Those who wait for it are told with every word.
final class WorkerBoard: Sendable {
    static let staleSeconds = 5.0
    static let lostSeconds = 15.0
    /// A worker that was lost without a goodbye is missed for so long.
    static let missedSeconds = 86_400.0

    struct Entry: Sendable {
        var acknowledgement: Acknowledgement
        var receivedAt: Timestamp
    }

    /// Somebody who waits for workers to apply a change.
    fileprivate struct Waiter {
        let target: ChangeID
        var missing: Set<String>
        let continuation: CheckedContinuation<Void, Never>
    }

    fileprivate struct State {
        var entries: [String: Entry]
        var unsaved: Set<String> = []
        var waiters: [Int: Waiter] = [:]
        var nextWaiter = 0
    }

    private let state: Mutex<State>
    private let countMax: Int

    init(_ entries: [String: Entry], countMax: Int) {
        state = Mutex(State(entries: entries))
        self.countMax = countMax
    }

    /// - Returns: what the worker had said before; nil for a new one, or when there is no room for one more.
    @discardableResult
    func record(_ acknowledgement: Acknowledgement, at now: Timestamp) -> Entry? {
        let name = acknowledgement.worker
        let (before, done) = state.withLock { state -> (Entry?, [CheckedContinuation<Void, Never>]) in
            let before = state.entries[name]
            if acknowledgement.isGoodbye {
                state.entries[name] = nil
            } else {
                if before == nil, state.entries.count >= countMax { state.forgetSilent(at: now) }
                guard before != nil || state.entries.count < countMax else { return (nil, []) }
                state.entries[name] = Entry(acknowledgement: acknowledgement, receivedAt: now)
            }
            state.unsaved.insert(name)
            return (before, state.release(name, at: acknowledgement.isGoodbye ? nil : acknowledgement.applied))
        }
        for continuation in done { continuation.resume() }
        return before
    }

    func hasHeard(of name: String, since moment: Timestamp) -> Bool {
        state.withLock { $0.entries[name].map { $0.receivedAt >= moment } ?? false }
    }

    /// - Returns: false when there is none of that name.
    func forget(_ name: String) -> Bool {
        let (known, done) = state.withLock { state in
            state.unsaved.insert(name)
            return (state.entries.removeValue(forKey: name) != nil, state.release(name, at: nil))
        }
        for continuation in done { continuation.resume() }
        return known
    }

    func entries(at now: Timestamp) -> [Entry] {
        state.withLock { $0.entries.values.filter { now.seconds(since: $0.receivedAt) < Self.missedSeconds } }
            .sorted { $0.acknowledgement.worker < $1.acknowledgement.worker }
    }

    /// Returns when all of these workers have applied a change, or the task is cancelled.
    func wait(for target: ChangeID, by names: [String]) async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    let missing = names.filter {
                        state.entries[$0].map { $0.acknowledgement.applied < target } ?? false
                    }
                    if missing.isEmpty || Task.isCancelled { return true }
                    state.waiters[id] = Waiter(target: target, missing: Set(missing), continuation: continuation)
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id)?.continuation }?.resume()
        }
    }
}

extension WorkerBoard.Entry {
    func state(at now: Timestamp) -> WorkerState {
        switch now.seconds(since: receivedAt) {
        // The clock was put back, and nobody can say: one that lives speaks again in two seconds.
        case ..<0: .stale
        case ..<WorkerBoard.staleSeconds: .live
        case ..<WorkerBoard.lostSeconds: .stale
        default: .lost
        }
    }
}

extension WorkerBoard.State {
    /// A worker has come to a change, or is waited for no longer (nil).
    fileprivate mutating func release(_ name: String, at id: ChangeID?) -> [CheckedContinuation<Void, Never>] {
        var done: [CheckedContinuation<Void, Never>] = []
        for (number, waiter) in waiters where waiter.missing.contains(name) && id.map({ $0 >= waiter.target }) ?? true {
            waiters[number]?.missing.remove(name)
            guard waiters[number]?.missing.isEmpty == true else { continue }
            waiters[number] = nil
            done.append(waiter.continuation)
        }
        return done
    }

    /// Room for one more: those that have long been lost.
    fileprivate mutating func forgetSilent(at now: Timestamp) {
        for (name, entry) in entries where entry.state(at: now) == .lost {
            entries[name] = nil
            unsaved.insert(name)
        }
    }
}

extension WorkerBoard {
    typealias Unsaved = [String: Entry?]

    static let table = """
        CREATE TABLE IF NOT EXISTS workers (
            name TEXT NOT NULL PRIMARY KEY,
            acknowledgement TEXT NOT NULL, -- JSON
            received_at INTEGER NOT NULL -- µs since 1970 UTC
        ) STRICT, WITHOUT ROWID;
        """

    func takeUnsaved() -> Unsaved {
        state.withLock { state in
            var taken: Unsaved = [:]
            for name in state.unsaved { taken.updateValue(state.entries[name], forKey: name) }
            state.unsaved = []
            return taken
        }
    }

    /// The batch could not be written: it waits for the next one.
    func putBack(_ taken: Unsaved) {
        state.withLock { $0.unsaved.formUnion(taken.keys) }
    }
}
