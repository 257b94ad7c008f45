import Domain
import EventStore
import Foundation
import GRDB

/// A snapshot carried forward to a later position, without a copy: the events in between are applied in a transaction
/// that is never committed. What they change stays in the memory of this connection, and the file stays as it is.
///
/// SQLite is told not to lock the file, so that many can stand on one snapshot, and not to spill what has changed. Only
/// one thread may use it at a time.
final class PastView: @unchecked Sendable {
    /// nil: it stands on nothing, at position 0.
    let base: SnapshotFile?
    private(set) var reached = Reached.nothing
    private let queue: DatabaseQueue

    /// What the transaction holds.
    enum Reached: Equatable {
        /// There is none.
        case nothing
        case everything(Int)
        /// These streams alone, by their names.
        case streams(Int, Set<String>)
    }

    init(base: SnapshotFile?, epoch: String) throws {
        self.base = base
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_spill = OFF")
        }
        if let base {
            // SQLite reads it as an address (RFC 3986).
            let path = base.path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? base.path
            queue = try DatabaseQueue(path: "file:\(path)?nolock=1&mode=rw", configuration: configuration)
        } else {
            queue = try DatabaseQueue(configuration: configuration)
            try queue.writeWithoutTransaction { try ReadModelsFile.prepare($0, epoch: epoch) }
        }
    }

    private var basePosition: Int { base?.position ?? 0 }

    /// Whether a read of everything costs nothing more.
    func isWhole(at position: Int) -> Bool {
        position == basePosition && reached == .nothing || reached == .everything(position)
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try queue.writeWithoutTransaction(body)
    }

    /// Goes back to the snapshot.
    func reset() throws {
        guard reached != .nothing else { return }
        reached = .nothing
        try queue.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
    }

    /// Applies every event through a position.
    func carry(to position: Int, _ journal: any JournalReading, _ streams: StreamDirectory) throws {
        if isWhole(at: position) { return }
        if case .everything(let here) = reached, here < position {} else { try reset() }
        try change(to: .everything(position)) { db in
            let engine = try Self.engine(db, startsEmpty: base == nil)
            try engine.applyAll(journal, streams, through: position, db)
        }
    }

    /// Applies what these streams hold through a position.
    func carry(_ streams: [StreamID], to position: Int, _ journal: any JournalReading) throws {
        if isWhole(at: position) { return }
        var known: Set<String> = []
        if case .streams(position, let names) = reached { known = names } else { try reset() }
        let unknown = streams.filter { !known.contains($0.description) }
        if unknown.isEmpty { return }
        try change(to: .streams(position, known.union(unknown.map(\.description)))) { db in
            let events = try journal.events(of: unknown, after: basePosition, through: position)
            guard !events.isEmpty else { return }
            let engine = try Self.engine(db, after: basePosition, startsEmpty: false)
            for event in events {
                try event.withStored { try engine.apply($0, of: event.stream, keepsChangesAfter: .max, db) }
            }
            try engine.flush(db)
        }
    }

    private func change(to next: Reached, _ body: (Database) throws -> Void) throws {
        do {
            try queue.writeWithoutTransaction { db in
                if reached == .nothing { try db.execute(sql: "BEGIN") }
                reached = next
                try body(db)
            }
        } catch {
            try reset()
            throw error
        }
    }

    /// - Parameter position: of the snapshot, when streams are taken out of their order; nil: where the tables stand.
    private static func engine(_ db: Database, after position: Int? = nil, startsEmpty: Bool) throws -> ProjectionEngine
    {
        var state = try ProjectionState.read(db) ?? ProjectionState()
        if let position { state.position = position }
        return ProjectionEngine(
            state: state, parked: try ParkedStream.readAll(db), startsEmpty: startsEmpty && state.position == 0)
    }
}

extension ProjectionEngine {
    /// Applies every event through a position, and writes the rows; the feed is left out.
    func applyAll(
        _ journal: any JournalReading, _ streams: StreamDirectory, through last: Int, _ db: Database
    ) throws {
        while state.position < last {
            let before = state.position
            let reached = try journal.scanStored(
                after: before, through: last, limit: ReadModelsBuilder.batchEvents
            ) { event in
                try apply(event, of: try streams.stream(event.streamNumber), keepsChangesAfter: .max, db)
            }
            guard reached > before else {
                throw JournalError.storageFailed("there is no event after \(reached): run botcontrol audit verify")
            }
            try flush(db)
            confirmFlush()
            shrink(to: Self.documentsMax)
        }
    }
}
