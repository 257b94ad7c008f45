import Domain
import EventStore
import GRDB

/// One change that was just made, as those who follow want it.
struct FreshChange: Sendable {
    let change: FeedChange
    /// Of all documents after it.
    let digest: DocumentDigest
    /// The stream's name.
    let stream: String
    /// nil: it was deleted.
    let document: (any FeedDocument)?
}

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
    private var extensions: DocumentStore<ExtensionsProjection>
    private var installs: DocumentStore<ExtensionInstallsProjection>
    private let changeLog = ChangeLog()
    /// What the tables lack, beside the documents.
    private var unwritten = Unwritten()
    private(set) var touched: Set<Category> = []
    private var fresh: [FreshChange] = []
    /// Whether it tells what has changed.
    var isLive = false

    private struct Unwritten {
        var changes: [FeedChange] = []
        var parked: [ParkedStream] = []
        /// Events that were applied, with or without a change.
        var events = 0
    }

    /// - Parameter startsEmpty: the file is new, and no row needs to be looked for.
    init(state: ProjectionState, parked: [ParkedStream], startsEmpty: Bool) {
        self.state = state
        self.parked = Dictionary(uniqueKeysWithValues: parked.map { ($0.streamNumber, $0) })
        accounts = DocumentStore(startsEmpty: startsEmpty)
        providers = DocumentStore(startsEmpty: startsEmpty)
        bots = DocumentStore(startsEmpty: startsEmpty)
        botModules = DocumentStore(startsEmpty: startsEmpty)
        extensions = DocumentStore(startsEmpty: startsEmpty)
        installs = DocumentStore(startsEmpty: startsEmpty)
    }

    var parkedStreams: [ParkedStream] { parked.values.sorted { $0.position < $1.position } }

    var documentCount: Int {
        accounts.count + providers.count + bots.count + botModules.count + extensions.count + installs.count
    }

    /// How much there is to write.
    var unwrittenCount: Int { unwritten.events }
    var isWritten: Bool { unwritten.events == 0 }

    /// Applies one event in memory; the tables are only read.
    ///
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
                park(event, of: stream, because: "\(error)")
            }
        }
        state.position = event.position
        unwritten.events += 1
    }

    private static let forAuditorsAlone: Set = [LogKey.category, Erasure.category]

    private func project(_ event: StoredEvent, of stream: StreamID, keepsChange: Bool, _ db: Database) throws {
        // Of auditors alone: no document is made of it.
        if Self.forAuditorsAlone.contains(stream.category) { return }
        guard let kind = Category(rawValue: stream.category) else {
            throw Inapplicable(description: "no read model knows \(stream.category) streams")
        }
        let envelope = Envelope(event, key: stream.key)
        let document = try document(of: kind, after: event, envelope, isWanted: isLive || keepsChange, db)
        touched.insert(kind)
        let id = ChangeID(position: event.position, index: 0)
        if isLive || keepsChange {
            let change = FeedChange(
                id: id, previous: state.lastChange, kind: DocumentKind(kind), key: stream.key, value: document?.bytes,
                recordedAt: envelope.recordedAt,
                correlationID: (try? EventMetadata.correlationID(event.metadata)) ?? nil)
            if keepsChange { unwritten.changes.append(change) }
            if isLive {
                fresh.append(
                    FreshChange(
                        change: change, digest: state.digest, stream: stream.description, document: document?.document))
            }
        }
        state.lastChange = id
    }

    private func document(
        of kind: Category, after event: StoredEvent, _ envelope: Envelope, isWanted: Bool, _ db: Database
    ) throws -> EncodedDocument? {
        switch kind {
        case .account: try accounts.apply(event, envelope, isWanted: isWanted, &state.digest, db)
        case .provider: try providers.apply(event, envelope, isWanted: isWanted, &state.digest, db)
        case .bot: try bots.apply(event, envelope, isWanted: isWanted, &state.digest, db)
        case .botModule: try botModules.apply(event, envelope, isWanted: isWanted, &state.digest, db)
        case .extension: try extensions.apply(event, envelope, isWanted: isWanted, &state.digest, db)
        case .extensionInstall: try installs.apply(event, envelope, isWanted: isWanted, &state.digest, db)
        }
    }

    private func park(_ event: StoredEvent, of stream: StreamID, because reason: String) {
        let entry = ParkedStream(
            streamNumber: event.streamNumber, stream: stream.description, position: event.position, type: event.type,
            reason: reason)
        parked[event.streamNumber] = entry
        unwritten.parked.append(entry)
    }

    /// Writes rows, feed and subscription checkpoint; the caller commits them together, and then confirms.
    ///
    /// A transaction that fails leaves everything as it was, to be tried again.
    func flush(_ db: Database) throws {
        try accounts.flush(&state.digest, db)
        try providers.flush(&state.digest, db)
        try bots.flush(&state.digest, db)
        try botModules.flush(&state.digest, db)
        try extensions.flush(&state.digest, db)
        try installs.flush(&state.digest, db)
        try changeLog.write(unwritten.changes, db)
        for entry in unwritten.parked { try entry.write(db) }
        try changeLog.trim(through: state.position - Self.changesKept, db)
        try state.write(db)
    }

    /// The last flush is committed.
    func confirmFlush() {
        accounts.confirmFlush()
        providers.confirmFlush()
        bots.confirmFlush()
        botModules.confirmFlush()
        extensions.confirmFlush()
        installs.confirmFlush()
        unwritten = Unwritten()
    }

    /// Returns which kinds of documents have changed since the last call.
    func takeTouched() -> Set<Category> {
        defer { touched = [] }
        return touched
    }

    /// Returns what has changed since the last call.
    func takeFresh() -> [FreshChange] {
        defer { fresh = [] }
        return fresh
    }

    /// The documents that are made from here on are other ones than before.
    func beginGeneration(_ number: Int) {
        state.generation = number
    }

    /// Drops the documents when there are too many of them; after a flush only.
    func shrink(to countMax: Int) {
        guard documentCount > countMax, isWritten else { return }
        accounts.forget()
        providers.forget()
        bots.forget()
        botModules.forget()
        extensions.forget()
        installs.forget()
    }
}
