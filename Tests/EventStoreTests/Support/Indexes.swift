import EventStore
import GRDB
import Testing
import TestTools

extension TemporaryDirectory {
    /// From here on the indexes of the closed journal cannot be filled, as if the disk were full just for them.
    func holdIndexes(seconds: Int = 3_600) throws {
        try withRawDatabase { db in
            let end = try Int.fetchOne(db, sql: "SELECT unixepoch() + ?", arguments: [seconds]) ?? 0
            try db.execute(
                sql: """
                    CREATE TRIGGER held BEFORE INSERT ON type_events WHEN unixepoch() < \(end)
                      BEGIN SELECT raise(ABORT, 'held'); END
                    """)
        }
    }

    func releaseIndexes() throws {
        try withRawDatabase { db in try db.execute(sql: "DROP TRIGGER held") }
    }

    /// What must hold of a closed journal: the indexes have every event once, and nothing else.
    func expectIndexed(_ location: SourceLocation = #_sourceLocation) throws {
        try withRawDatabase { db in
            let pairs = [
                ("SELECT max(position) AS position FROM events", "SELECT position FROM indexed"),
                (
                    "SELECT position, stream, revision FROM events ORDER BY 1",
                    "SELECT position, stream, revision FROM stream_events ORDER BY 1"
                ),
                (
                    "SELECT position, type FROM events ORDER BY 1",
                    "SELECT position, type FROM type_events ORDER BY 1"
                ),
            ]
            for (events, index) in pairs {
                let (expected, found) = try (Row.fetchAll(db, sql: events), Row.fetchAll(db, sql: index))
                #expect(expected == found, sourceLocation: location)
            }
        }
    }
}

extension JournalReading {
    /// The position that the indexes are filled through.
    func indexedPosition() throws -> Int {
        try read { db in try Int.fetchOne(db, sql: "SELECT position FROM indexed") } ?? 0
    }

    func waitUntilIndexed(through position: Int) async throws {
        while try indexedPosition() < position { try await Task.sleep(for: .milliseconds(20)) }
    }
}
