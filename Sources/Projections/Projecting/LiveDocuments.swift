import Domain
import Synchronization

/// The documents that were changed or asked for lately, in memory: reading one by its key costs no database.
///
/// The projector publishes every change before anybody hears of it, and before it is in the file, so an entry is never
/// behind. What a reader found in the file is taken in only where nothing stands, and only if nothing was forgotten
/// since it began to read.
final class LiveDocuments: Sendable {
    /// About 50 MB when it is full.
    static let countMax = 60_000

    private struct State {
        var documents: [String: (any FeedDocument)?] = [:]
        var generation = 0

        mutating func forget() {
            documents.removeAll()
            generation += 1
        }
    }

    private let state = Mutex(State())

    /// To be taken before the file is read.
    var generation: Int { state.withLock { $0.generation } }

    /// The outer nil: nothing is known here, ask the file.
    func find<Document: FeedDocument>(_ name: String, _ type: Document.Type) -> Document?? {
        state.withLock { state in
            state.documents[name].map { $0 as? Document }
        }
    }

    func publish(_ changes: [FreshChange]) {
        state.withLock { state in
            for change in changes { state.documents.updateValue(change.document, forKey: change.stream) }
        }
    }

    /// When the file holds everything that was published: forgets all when there is too much of it.
    func trim() {
        state.withLock { if $0.documents.count >= Self.countMax { $0.forget() } }
    }

    func keep(_ document: (any FeedDocument)?, of name: String, generation: Int) {
        state.withLock { state in
            guard generation == state.generation, state.documents.count < Self.countMax,
                state.documents.index(forKey: name) == nil
            else { return }
            state.documents.updateValue(document, forKey: name)
        }
    }

    /// When another file takes over.
    func forget() {
        state.withLock { $0.forget() }
    }
}
