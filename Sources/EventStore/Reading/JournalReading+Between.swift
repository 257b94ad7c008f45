import GRDB

/// What happened to some streams between two positions: found by the index, however old the journal is and however long
/// the streams are.
extension JournalReading {
    /// The streams of an account, the oldest first.
    package func streams(ofAccount account: String) throws -> [StreamID] {
        try read { db in
            let sql = "SELECT category, name FROM streams WHERE account_id = ? ORDER BY id"
            return try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [account]).map { row in
                StreamID(category: row[0], storedName: row[1], account: account)
            }
        }
    }

    /// The events of these streams after one position and through another, in order.
    package func events(of streams: [StreamID], after: Int, through last: Int) throws -> [RecordedEvent] {
        guard after < last else { return [] }
        return try read { db in
            let find = try db.cachedStatement(sql: "SELECT id FROM streams WHERE name = ?")
            var events: [RecordedEvent] = []
            for stream in streams {
                guard let number = try Int.fetchOne(find, arguments: [stream.description]) else { continue }
                // Asked before the statements that read: what is indexed in between is found in the index.
                let tailStart = tailStart(ofStream: number)
                let index = StreamIndex(stream: number, db)
                let first = try index.firstRevision(after: after)
                let end = try index.indexedRevision(after: last) ?? .max
                let arguments: StatementArguments = [number, first, end, last, number, tailStart, after + 1, last]
                events += try db.rows(Self.eventsBetween, arguments) { $0.event(stream, openedBy: sealing) }
            }
            return events.sorted { $0.position < $1.position }
        }
    }

    private static var eventsBetween: String {
        """
        SELECT \(EventRow.columns(revision: "i.revision"))
        FROM stream_events i CROSS JOIN events e ON e.position = i.position
        WHERE i.stream = ? AND i.revision >= ? AND i.revision < ? AND i.position <= min(?, \(Schema.indexedPosition))
        UNION ALL
        SELECT \(EventRow.columns) FROM events e
        WHERE e.stream = ? AND e.position >= max(?, ?, \(Schema.indexedPosition) + 1) AND e.position <= ?
        ORDER BY 3
        """
    }
}

/// The index of one stream, in which positions grow with revisions.
private struct StreamIndex {
    private let stream: Int
    private let db: Database

    init(stream: Int, _ db: Database) {
        (self.stream, self.db) = (stream, db)
    }

    /// nil when no revision that stands after the position is indexed yet.
    func indexedRevision(after position: Int) throws -> Int? {
        let found = try firstRevision(after: position)
        return found <= (try last()) ? found : nil
    }

    private func last() throws -> Int {
        let sql = "SELECT max(revision) FROM stream_events WHERE stream = ?"
        return try Int.fetchOne(db.cachedStatement(sql: sql), arguments: [stream]) ?? -1
    }

    /// The first revision that can stand after a position, indexed or not.
    func firstRevision(after position: Int) throws -> Int {
        let statement = try db.cachedStatement(
            sql: "SELECT position FROM stream_events WHERE stream = ? AND revision = ?")
        var low = 0, high = try last() + 1
        while low < high {
            let middle = low + (high - low) / 2
            let found = try Int.fetchOne(statement, arguments: [stream, middle]) ?? .max
            if found > position { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
