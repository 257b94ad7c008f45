import Domain
import EventStore
import GRDB

/// Makes the read models anew from the journal, in a file of their own.
struct ReadModelsBuilder {
    static let batchEvents = 50_000

    let journal: any JournalReading
    let file: ReadModelsFile
    let engine: ProjectionEngine
    var keepsChanges = true
    private var streams: StreamDirectory

    init(journal: any JournalReading, epoch: String, directory: String, number: Int) throws {
        self.journal = journal
        file = try ReadModelsFile.create(number: number, in: directory, epoch: epoch)
        engine = ProjectionEngine(state: ProjectionState(), parked: [], startsEmpty: true)
        streams = try StreamDirectory(journal)
    }

    /// Applies every event up to a position. Rows are written when all is folded, or when too many are held.
    ///
    /// - Parameter progress: is told the position reached, now and then.
    mutating func run(through last: Int, progress: (Int) -> Void = { _ in }) throws {
        try streams.load()
        try file.writer.writeWithoutTransaction { db in
            try db.inTransaction {
                while engine.state.position < last {
                    try applyBatch(through: last, db)
                    if engine.documentCount > ProjectionEngine.documentsMax {
                        try flush(db)
                        engine.shrink(to: ProjectionEngine.documentsMax)
                    }
                    progress(engine.state.position)
                }
                try flush(db)
                return .commit
            }
        }
    }

    /// Confirmed before it is committed: when the transaction fails, the whole file is thrown away.
    private func flush(_ db: Database) throws {
        try engine.flush(db)
        engine.confirmFlush()
    }

    private mutating func applyBatch(through last: Int, _ db: Database) throws {
        let keepsChangesAfter = keepsChanges ? last - ProjectionEngine.changesKept : last
        try journal.scanStored(after: engine.state.position, through: last, limit: Self.batchEvents) { event in
            try engine.apply(
                event, of: try streams.stream(event.streamNumber), keepsChangesAfter: keepsChangesAfter, db)
        }
    }
}
