import Foundation
import GRDB
import GRDBSQLite

/// In which order events are read.
package enum ReadDirection: Sendable { case forwards, backwards }

/// Whoever can read a journal: the one that writes it, and readers in other processes beside it.
package protocol JournalReading: Sendable {
    /// The last position; 0 for an empty journal.
    var head: Int { get }

    /// Reads beside the writer, several at once. Not one transaction: committed events never change.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value

    /// Opens what was sealed; nil to read everything as it is stored.
    var sealing: (any EventSealing)? { get }

    /// From which position events of a stream may stand in the tail that the indexes do not hold yet.
    func tailStart(ofStream number: Int) -> Int
}

extension JournalReading {
    /// The events of one stream.
    ///
    /// - Parameter revision: the first one wanted; nil for the stream's end in the chosen direction.
    package func readStream(
        _ stream: StreamID, from revision: Int? = nil, direction: ReadDirection = .forwards, limit: Int = .max
    ) throws -> [RecordedEvent] {
        try read { db in
            let find = try db.cachedStatement(sql: "SELECT id FROM streams WHERE name = ?")
            guard let number = try Int.fetchOne(find, arguments: [stream.description]) else { return [] }
            // Asked before the statement that reads: what is indexed in between is found in the index.
            let tailStart = tailStart(ofStream: number)
            let start = revision ?? (direction == .forwards ? 0 : Int.max)
            let arguments: StatementArguments = [number, start, number, start, tailStart, limit]
            return try db.rows(Self.streamEvents(direction), arguments) { $0.event(stream, openedBy: sealing) }
        }
    }

    /// A stream's revisions grow with its positions: what stands in the tail follows what is indexed.
    private static func streamEvents(_ direction: ReadDirection) -> String {
        let (comparison, order) = direction == .forwards ? (">=", "ASC") : ("<=", "DESC")
        return """
            SELECT \(EventRow.columns(revision: "i.revision"))
            FROM stream_events i CROSS JOIN events e ON e.position = i.position
            WHERE i.stream = ? AND i.revision \(comparison) ? AND i.position <= \(Schema.indexedPosition)
            UNION ALL
            SELECT \(EventRow.columns) FROM events e
            WHERE e.stream = ? AND e.revision \(comparison) ? AND e.position >= max(?, \(Schema.indexedPosition) + 1)
            ORDER BY 3 \(order) LIMIT ?
            """
    }

    package func event(at position: Int) throws -> RecordedEvent? {
        let sql = """
            SELECT \(EventRow.columns), \(EventRow.streamColumns)
            FROM events e JOIN streams s ON s.id = e.stream WHERE e.position = ?
            """
        return try read { db in try db.rows(sql, [position]) { $0.event(openedBy: sealing) }.first }
    }

    /// The first position that was recorded at this moment or later; one past the head when there is none.
    ///
    /// The recorded moments never decrease along the positions, so a binary search finds it without an index.
    package func firstPosition(recordedAtOrAfter microseconds: Int) throws -> Int {
        try read { db in
            var low = 1
            var high = try Int.fetchOne(db, sql: "SELECT coalesce(max(position), 0) + 1 FROM events") ?? 1
            let statement = try db.cachedStatement(sql: "SELECT recorded_at FROM events WHERE position = ?")
            while low < high {
                let middle = low + (high - low) / 2
                let recordedAt = try Int.fetchOne(statement, arguments: [middle]) ?? .max
                if recordedAt >= microseconds { high = middle } else { low = middle + 1 }
            }
            return low
        }
    }

    /// Visits events in the order of positions without making values of them; the row is valid during the call.
    ///
    /// - Returns: the last position visited, `after` when there was none.
    @discardableResult
    package func scan(
        after position: Int, through last: Int = .max, limit: Int = .max, _ visit: (EventRow) throws -> Void
    ) throws -> Int {
        let sql = """
            SELECT \(EventRow.columns) FROM events e WHERE e.position > ? AND e.position <= ?
            ORDER BY e.position LIMIT ?
            """
        return try read { db in
            var reached = position
            try db.visit(sql, [position, last, limit]) { row in
                try visit(row)
                reached = row.position
            }
            return reached
        }
    }

    /// The hashes in the tree of the events after a position, in order.
    package func leafHashes(after position: Int, through last: Int) throws -> [Hash] {
        let sql = "SELECT leaf_hash FROM events WHERE position > ? AND position <= ? ORDER BY position"
        return try read { db in
            var hashes: [Hash] = []
            hashes.reserveCapacity(max(0, last - position))
            let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: [position, last])
            while let row = try rows.next() {
                try row.withUnsafeData(atIndex: 0) { bytes in
                    guard let hash = bytes?.withUnsafeBytes({ Hash($0) }) else {
                        throw JournalError.storageFailed(
                            "position \(position + hashes.count + 1) has no hash: run botcontrol audit verify")
                    }
                    hashes.append(hash)
                }
            }
            return hashes
        }
    }

    /// The tree's right edge as of the last commit.
    package func frontier() throws -> Frontier {
        try read { db in
            guard let row = try Row.fetchOne(db, sql: "SELECT size, frontier FROM tree") else { return Frontier() }
            // A damaged file can hold values of any kind here.
            guard let size = Int.fromDatabaseValue(row[0]), let bytes = Data.fromDatabaseValue(row[1]),
                let frontier = bytes.withUnsafeBytes({ Frontier(size: size, bytes: $0) })
            else {
                throw JournalError.storageFailed("the tree's frontier is not one: run botcontrol audit verify")
            }
            return frontier
        }
    }

    /// The numbers of streams whose name does not begin with their category.
    package func misnamedStreams() throws -> [Int] {
        try read { db in
            try Int.fetchAll(
                db, sql: "SELECT id FROM streams WHERE substr(name, 1, length(category) + 1) <> category || '-'")
        }
    }

    /// The streams after a number, in order; with `EventRow.streamNumber` they name what a scan visits.
    package func streams(after number: Int) throws -> [(number: Int, stream: StreamID)] {
        try read { db in
            let rows = try Row.fetchCursor(
                db, sql: "SELECT id, category, name, account_id FROM streams WHERE id > ? ORDER BY id",
                arguments: [number])
            var streams: [(number: Int, stream: StreamID)] = []
            while let row = try rows.next() {
                guard let number = Int.fromDatabaseValue(row[0]), let category = String.fromDatabaseValue(row[1]),
                    let name = String.fromDatabaseValue(row[2])
                else { throw JournalError.storageFailed("a stream has no name: run botcontrol audit verify") }
                let account = String.fromDatabaseValue(row[3])
                streams.append((number, StreamID(category: category, storedName: name, account: account)))
            }
            return streams
        }
    }
}

extension Database {
    func rows<Value>(
        _ sql: String, _ arguments: StatementArguments, _ read: (EventRow) throws -> Value
    ) throws -> [Value] {
        var values: [Value] = []
        try visit(sql, arguments) { values.append(try read($0)) }
        return values
    }

    func visit(_ sql: String, _ arguments: StatementArguments, _ visit: (EventRow) throws -> Void) throws {
        let statement = try cachedStatement(sql: sql)
        try statement.setArguments(arguments)
        let pointer = statement.sqliteStatement
        sqlite3_reset(pointer)
        defer { sqlite3_reset(pointer) }
        let row = EventRow(statement: pointer)
        let bound = BoundStatement(pointer: pointer)
        while try bound.step() { try visit(row) }
    }
}
