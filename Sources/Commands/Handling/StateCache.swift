import Synchronization

/// The states of entities that were commanded lately, each with the revision that it stands at.
///
/// Only this process writes, so what has been kept and is not being appended to is the newest. While an append is
/// under way the journal may be ahead of it, and others may have seen that already: then it is only where to read on
/// from. Whoever reads or appends is a visitor of the stream; the newest revision that any visitor met is remembered
/// until the last one has left, so that a slow one cannot leave an old state behind.
final class StateCache: Sendable {
    static let countMax = 50_000

    struct Entry: Sendable {
        let state: any Sendable
        /// -1: no events.
        let revision: Int
        /// Of the last event; 0 when there is none.
        let position: Int
    }

    enum Purpose { case reading, appending }

    fileprivate struct Visitors {
        var count = 0, appending = 0
        var newest = -1
    }

    fileprivate struct Storage {
        var entries: [String: Entry] = [:]
        var visitors: [String: Visitors] = [:]
    }

    private let storage = Mutex(Storage())

    /// The newest state; nil when the journal must be asked for it.
    func settled(_ stream: String) -> Entry? {
        storage.withLock { $0.visitors[stream].map { $0.appending > 0 } == true ? nil : $0.entries[stream] }
    }

    func removeAll() { storage.withLock { $0.entries = [:] } }

    /// Begins a visit, to be ended with `leave`.
    ///
    /// - Returns: a state of the stream, not always the newest.
    @discardableResult
    func enter(_ stream: String, for purpose: Purpose) -> Entry? {
        storage.withLock { storage in
            storage.visitors[stream, default: Visitors()].count += 1
            if purpose == .appending { storage.visitors[stream]?.appending += 1 }
            return storage.entries[stream]
        }
    }

    /// - Parameter entry: what the visitor knows of the stream now; nil when it learnt nothing.
    func leave(_ stream: String, after purpose: Purpose, keeping entry: Entry?) {
        storage.withLock { storage in
            guard var visitors = storage.visitors[stream] else { return }
            visitors.count -= 1
            if purpose == .appending { visitors.appending -= 1 }
            if let entry { visitors.newest = max(visitors.newest, entry.revision) }
            storage.visitors[stream] = visitors.count > 0 ? visitors : nil
            guard let entry, entry.revision >= visitors.newest else { return }
            storage.keep(entry, of: stream)
        }
    }
}

extension StateCache.Storage {
    /// Beyond the limit everything is forgotten at once, which is cheaper than keeping an order of use.
    fileprivate mutating func keep(_ entry: StateCache.Entry, of stream: String) {
        if let known = entries[stream], known.revision >= entry.revision { return }
        if entries.count >= StateCache.countMax { entries.removeAll() }
        entries[stream] = entry
    }
}
