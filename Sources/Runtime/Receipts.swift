import Domain
import GRDB
import Synchronization

/// Which worker applied which position when: for each worker ranges of positions that it acknowledged together.
final class Receipts: Sendable {
    /// More ranges of one worker than this between two saves are drawn together: then the moment is that of the last.
    static let unsavedPerWorkerMax = 100
    static let rowsMax = 200_000

    struct Range: Equatable, Sendable {
        /// The line of history that the positions belong to.
        let epoch: String
        let worker: String
        let first: Int
        var last: Int
        var at: Timestamp
    }

    private struct State {
        var names: Set<String>
        /// By worker, in the order in which they came.
        var unsaved: [String: [Range]] = [:]
    }

    private let state: Mutex<State>

    init(names: Set<String>) {
        state = Mutex(State(names: names))
    }

    var names: [String] { state.withLock { $0.names.sorted() } }

    func record(_ range: Range) {
        state.withLock { state in
            state.names.insert(range.worker)
            var ranges = state.unsaved[range.worker] ?? []
            if ranges.count >= Self.unsavedPerWorkerMax, let newest = ranges.last, newest.epoch == range.epoch {
                ranges[ranges.count - 1].last = range.last
                ranges[ranges.count - 1].at = range.at
            } else {
                ranges.append(range)
            }
            state.unsaved[range.worker] = ranges
        }
    }

    /// When a worker acknowledged a position, of what is not saved yet.
    func unsaved(of worker: String, _ position: Int, epoch: String) -> Timestamp? {
        state.withLock { state in
            state.unsaved[worker]?.first { $0.epoch == epoch && $0.first <= position && position <= $0.last }?.at
        }
    }
}

extension Receipts {
    typealias Unsaved = [String: [Range]]

    static let table = """
        CREATE TABLE IF NOT EXISTS receipts (
            epoch TEXT NOT NULL,
            worker TEXT NOT NULL,
            first INTEGER NOT NULL, -- positions
            last INTEGER NOT NULL,
            at INTEGER NOT NULL -- µs since 1970 UTC
        ) STRICT;
        CREATE INDEX IF NOT EXISTS receipts_by_worker ON receipts (epoch, worker, last);
        """

    func takeUnsaved() -> Unsaved {
        state.withLock { state in
            defer { state.unsaved = [:] }
            return state.unsaved
        }
    }

    /// The batch could not be written: it waits for the next one.
    func putBack(_ taken: Unsaved) {
        state.withLock { $0.unsaved.merge(taken) { newer, older in older + newer } }
    }

    static func save(_ receipts: Unsaved, _ db: Database) throws {
        guard !receipts.isEmpty else { return }
        let insert = try db.cachedStatement(sql: "INSERT INTO receipts VALUES (?, ?, ?, ?, ?)")
        for range in receipts.values.joined() {
            try insert.execute(arguments: [range.epoch, range.worker, range.first, range.last, range.at.microseconds])
        }
        try db.cachedStatement(sql: "DELETE FROM receipts WHERE rowid <= (SELECT max(rowid) FROM receipts) - ?")
            .execute(arguments: [rowsMax])
    }

    static func names(_ db: Database) throws -> Set<String> {
        Set(try String.fetchAll(db, sql: "SELECT DISTINCT worker FROM receipts"))
    }

    /// When a worker acknowledged a position.
    static func find(_ worker: String, _ position: Int, epoch: String, _ db: Database) throws -> Timestamp? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT first, at FROM receipts WHERE epoch = ? AND worker = ? AND last >= ? ORDER BY last LIMIT 1
                """)
        guard let row = try Row.fetchOne(statement, arguments: [epoch, worker, position]), row[0] <= position else {
            return nil
        }
        return Timestamp(microseconds: row[1])
    }
}
