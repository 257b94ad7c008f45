import Synchronization

/// The states of entities that were commanded lately, each with the revision that it stands at.
///
/// Only this process writes, so an entry is never behind what it has been told. An entry is replaced only by a newer
/// one, and one that was loaded before everything was forgotten is not taken in afterwards.
final class StateCache: Sendable {
    static let countMax = 50_000

    struct Entry: Sendable {
        let state: any Sendable
        /// -1: no events.
        let revision: Int
        /// Of the last event; 0 when there is none.
        let position: Int
        fileprivate(set) var generation = 0
    }

    private struct Storage {
        var entries: [String: Entry] = [:]
        var generation = 0
    }

    private let storage = Mutex(Storage())

    var generation: Int { storage.withLock { $0.generation } }

    subscript(stream: String) -> Entry? { storage.withLock { $0.entries[stream] } }

    /// - Parameter generation: the cache's when the state was read from the journal, or the entry's that it follows.
    func keep(_ entry: Entry, of stream: String, generation: Int) {
        storage.withLock { storage in
            guard generation == storage.generation else { return }
            if let known = storage.entries[stream], known.revision >= entry.revision { return }
            if storage.entries.count >= Self.countMax {
                storage.entries.removeAll()
                storage.generation += 1
            }
            var entry = entry
            entry.generation = storage.generation
            storage.entries[stream] = entry
        }
    }
}
