import GRDB

extension JournalConnection {
    /// The position that the indexes are filled through; 0 after they were emptied because they did not fit the events.
    func preparedIndexes() throws -> Int {
        if let position = try indexedPosition() { return position }
        try inTransaction { db in
            try db.execute(
                sql: "DELETE FROM stream_events; DELETE FROM type_events; INSERT OR REPLACE INTO indexed VALUES (1, 0)")
        }
        return 0
    }

    /// nil when the indexes do not fit the events: they hold each of them once, through their position and none after.
    private func indexedPosition() throws -> Int? {
        try read { db in
            try Int.fetchOne(
                db,
                sql: """
                    SELECT position FROM indexed
                    WHERE position BETWEEN 0 AND (SELECT coalesce(max(position), 0) FROM events)
                      AND position = (SELECT count(*) FROM stream_events)
                      AND position = (SELECT count(*) FROM type_events)
                    """)
        }
    }

    /// Takes the events after one position, through another, into the indexes: sorted, they touch each page once.
    func index(after first: Int, through last: Int) throws {
        try transaction {
            for kind in [Statement.indexStreams, .indexTypes] {
                try run(kind) { statement in
                    statement.bind(1, first)
                    statement.bind(2, last)
                    _ = try statement.step()
                }
            }
            try run(.updateIndexed) { statement in
                statement.bind(1, last)
                _ = try statement.step()
            }
        }
    }

    /// What the indexes do not hold, by streams.
    func unindexed(after position: Int) throws -> [UnindexedEvents.Run] {
        try read { db in
            let sql = "SELECT stream, min(position), max(revision) FROM events WHERE position > ? GROUP BY stream"
            return try Row.fetchAll(db, sql: sql, arguments: [position]).map { row in
                UnindexedEvents.Run(stream: row[0], first: row[1], revision: row[2])
            }
        }
    }
}
