import Domain
import EventStore
import GRDB

/// Applies events to the read models, in order, inside the transactions of whoever drives it.
///
/// An event that cannot be applied parks its stream: nothing of that stream is applied from there on, and everything
/// else goes on. Parking depends on the events alone, so a rebuild parks the same.
final class ProjectionEngine {
    /// Changes of this many last positions are kept for those who follow the feed.
    static let changesKept = 100_000
    /// Documents held between the events and the tables; about 200 MB at the most, in a rebuild.
    static let documentsMax = 200_000
    /// Live, the documents that recent batches touched.
    static let documentsMaxLive = 60_000

    private(set) var state: ProjectionState
    private var parked: [Int: ParkedStream]
    // Named one by one: called through a protocol, their generic code would not be specialised.
    private var accounts: DocumentStore<AccountsProjection>
    private var providers: DocumentStore<ProvidersProjection>
    private var bots: DocumentStore<BotStatusesProjection>
    private var botModules: DocumentStore<BotModuleConfigsProjection>
    private let changes = ChangeLog()
    private(set) var touched: Set<Category> = []
    /// What was written since `takeWritten`; collected only live.
    private var written: [LiveDocuments.Change] = []
    var collectsWritten = false

    /// - Parameter startsEmpty: the file is new, and no row needs to be looked for.
    init(state: ProjectionState, parked: [ParkedStream], startsEmpty: Bool) {
        self.state = state
        self.parked = Dictionary(uniqueKeysWithValues: parked.map { ($0.streamNumber, $0) })
        accounts = DocumentStore(startsEmpty: startsEmpty)
        providers = DocumentStore(startsEmpty: startsEmpty)
        bots = DocumentStore(startsEmpty: startsEmpty)
        botModules = DocumentStore(startsEmpty: startsEmpty)
    }

    var parkedStreams: [ParkedStream] { parked.values.sorted { $0.position < $1.position } }

    var documentCount: Int { accounts.count + providers.count + bots.count + botModules.count }

    /// - Parameter keepsChangesAfter: changes at or before this position are not written to the feed.
    func apply(
        _ event: StoredEvent, of stream: StreamID, keepsChangesAfter: Int, _ db: Database
    ) throws {
        guard event.position > state.position else { return }
        if parked[event.streamNumber] == nil {
            do {
                try project(event, of: stream, keepsChange: event.position > keepsChangesAfter, db)
            } catch let error as DatabaseError {
                throw error
            } catch {
                try park(event, of: stream, because: "\(error)", db)
            }
        }
        state.position = event.position
    }

    private func project(_ event: StoredEvent, of stream: StreamID, keepsChange: Bool, _ db: Database) throws {
        guard let kind = Category(rawValue: stream.category) else {
            throw Inapplicable(description: "no read model knows \(stream.category) streams")
        }
        let envelope = Envelope(event, key: stream.key)
        let bytes = try document(of: kind, after: event, envelope, wantsBytes: keepsChange, db)
        touched.insert(kind)
        let id = ChangeID(position: event.position, index: 0)
        if keepsChange {
            let change = FeedChange(
                id: id, previous: state.lastChange, kind: kind, key: stream.key, value: bytes,
                recordedAt: envelope.recordedAt,
                correlationID: (try? EventMetadata.correlationID(event.metadata)) ?? nil)
            try changes.write(change, db)
        }
        state.lastChange = id
    }

    /// Applies one event; the document's bytes when they are wanted and it was not deleted.
    private func document(
        of kind: Category, after event: StoredEvent, _ envelope: Envelope, wantsBytes: Bool, _ db: Database
    ) throws -> [UInt8]? {
        switch kind {
        case .account:
            let document = try accounts.apply(event, envelope, db)
            return wantsBytes ? document?.bytes : nil
        case .provider:
            let document = try providers.apply(event, envelope, db)
            return wantsBytes ? document?.bytes : nil
        case .bot:
            let document = try bots.apply(event, envelope, db)
            return wantsBytes ? document?.bytes : nil
        case .botModule:
            let document = try botModules.apply(event, envelope, db)
            return wantsBytes ? document?.bytes : nil
        }
    }

    private func park(_ event: StoredEvent, of stream: StreamID, because reason: String, _ db: Database) throws {
        let entry = ParkedStream(
            streamNumber: event.streamNumber, stream: stream.description, position: event.position, type: event.type,
            reason: reason)
        try entry.write(db)
        parked[event.streamNumber] = entry
    }

    /// Writes rows, feed and subscription checkpoint; the caller commits them together.
    func flush(_ db: Database) throws {
        var written: [LiveDocuments.Change] = []
        let collect: (LiveDocuments.Change) -> Void = { [collectsWritten] in if collectsWritten { written.append($0) } }
        try accounts.flush(&state.digest, db, written: collect)
        try providers.flush(&state.digest, db, written: collect)
        try bots.flush(&state.digest, db, written: collect)
        try botModules.flush(&state.digest, db, written: collect)
        self.written += written
        try changes.trim(through: state.position - Self.changesKept, db)
        try state.write(db)
    }

    /// Returns which kinds of documents have changed since the last call.
    func takeTouched() -> Set<Category> {
        defer { touched = [] }
        return touched
    }

    /// Returns the documents that were written since the last call.
    func takeWritten() -> [LiveDocuments.Change] {
        defer { written = [] }
        return written
    }

    /// Drops documents that were written already, when there are too many of them.
    func shrink(to countMax: Int) {
        if documentCount > countMax { forget() }
    }

    /// After a transaction that was rolled back: begin again from what the file says.
    func reset(to state: ProjectionState, parked: [ParkedStream]) {
        self.state = state
        self.parked = Dictionary(uniqueKeysWithValues: parked.map { ($0.streamNumber, $0) })
        forget()
        written = []
        touched = Set(Category.allCases)
    }

    private func forget() {
        accounts.forget()
        providers.forget()
        bots.forget()
        botModules.forget()
    }
}
