import Domain
import EventStore
import GRDB

/// How far the read models have come, and what holds them up.
package struct ProjectionsStatus: Sendable {
    /// Of the read models, and of the journal.
    package let position: Int, head: Int
    /// How old the oldest event is that they do not show yet; 0 when they show everything.
    package let lagSeconds: Double
    package let lastChange: ChangeID
    /// Of all documents (`feed.md`): equal read models have equal digests.
    package let digest: String
    /// The number of the file that serves.
    package let file: Int
    package let parked: [ParkedStream]
    /// Why the file cannot be written, when it cannot.
    package let failure: String?
    /// Rows by table.
    package let rows: [(table: String, count: Int)]

    package var lagPositions: Int { max(0, head - position) }
}

extension ReadModels {
    /// The names that `projections rebuild` knows.
    package static let projectionNames = ReadModelsFile.projectionTables

    /// The statements that make the tables, for whoever wants to know them without a file.
    package static let schema = ReadModelsFile.schema

    package func status(now: Timestamp) throws -> ProjectionsStatus {
        let published = projector.now
        let head = journal.head
        let (state, rows) = try readSnapshot { db in
            let rows = try ReadModelsFile.projectionTables.map { table in
                (table, try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? 0)
            }
            return (try ProjectionState.read(db) ?? ProjectionState(), rows)
        }
        let oldest = state.position < head ? try journal.event(at: state.position + 1) : nil
        let lag = oldest.map { now.seconds(since: Timestamp(microseconds: $0.recordedAt)) } ?? 0
        return ProjectionsStatus(
            position: state.position, head: head, lagSeconds: max(0, lag), lastChange: state.lastChange,
            digest: state.digest.description, file: published.file.number, parked: published.parked,
            failure: published.failure, rows: rows)
    }

    /// What a health check must know, at the price of a lock.
    package var trouble: (parked: [ParkedStream], failure: String?) {
        let published = projector.now
        return (published.parked, published.failure)
    }
}
