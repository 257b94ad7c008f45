import EventStore
import GRDB
import Testing
import TestTools

@Suite("History")
struct HistoryTests {
    private static let columns = "stream, revision, id, type, schema_version, data, metadata, recorded_at, leaf_hash"
    private static let fresh = "'x.y', 1, '{}', '{}', 1, x'00'"

    static let attacks = [
        "DELETE FROM events",
        "DELETE FROM events WHERE position = 4",
        "UPDATE events SET data = '{}' WHERE position = 2",
        "UPDATE OR REPLACE events SET position = 1 WHERE position = 2",
        "UPDATE OR IGNORE events SET type = 'x'",
        "INSERT OR REPLACE INTO events SELECT position, 1, 9, randomblob(16), \(fresh) FROM events WHERE position = 4",
        "REPLACE INTO events SELECT * FROM events",
        """
        INSERT INTO events SELECT * FROM events WHERE position = 4
        ON CONFLICT (position) DO UPDATE SET type = 'x'
        """,
        "INSERT INTO events VALUES (6, 1, 9, randomblob(16), \(fresh))",
        "INSERT INTO events VALUES (0, 1, 9, randomblob(16), \(fresh))",
        "INSERT INTO events VALUES (-1, 1, 9, randomblob(16), \(fresh))",
        "INSERT INTO events VALUES (NULL, 1, 9, randomblob(16), \(fresh))",
        "DELETE FROM streams",
        "UPDATE streams SET name = 'bot-other' WHERE id = 1",
        "UPDATE streams SET account_id = 'other'",
        "INSERT OR REPLACE INTO streams VALUES (1, 'bot', 'bot-other', NULL)",
        "INSERT OR REPLACE INTO streams SELECT 9, category, name, 'other' FROM streams WHERE id = 1",
        "REPLACE INTO streams (category, name) SELECT category, name FROM streams",
        "INSERT INTO streams SELECT * FROM streams WHERE true ON CONFLICT (id) DO UPDATE SET name = 'bot-other'",
        """
        INSERT INTO streams SELECT 9, category, name, NULL FROM streams WHERE true
        ON CONFLICT (name) DO UPDATE SET id = 9
        """,
    ]

    private func closedJournal() async throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try await withJournal(in: directory) { journal in
            _ = try await journal.append(.numbered(0..<2), to: .bot(1, account: "a1"), expected: .noStream)
            _ = try await journal.append(.numbered(2..<4), to: .bot(2), expected: .noStream)
        }
        return directory
    }

    private func everything(_ db: Database) throws -> [Row] {
        try Row.fetchAll(db, sql: "SELECT * FROM events ORDER BY position")
            + Row.fetchAll(db, sql: "SELECT * FROM streams ORDER BY id")
    }

    @Test(arguments: attacks)
    func `is not rewritten, not even by someone with the file open`(sql: String) async throws {
        let directory = try await closedJournal()
        try directory.withRawDatabase { db in
            let before = try everything(db)
            #expect(before.count == 6)
            let refusal = try #require(throws: DatabaseError.self) { try db.execute(sql: sql) }
            #expect(refusal.message?.hasPrefix("the journal is append-only") == true)
            #expect(try everything(db) == before)
        }
        try await withJournal(in: directory) { journal in try journal.expectSound() }
    }

    static let additions = [
        "INSERT INTO events VALUES (5, 1, 2, randomblob(16), \(fresh))",
        "INSERT OR REPLACE INTO events SELECT 5, 1, 9, id, \(fresh) FROM events WHERE position = 2",
        "INSERT OR REPLACE INTO events SELECT 5, stream, revision, randomblob(16), \(fresh) FROM events LIMIT 1",
    ]

    @Test(arguments: additions)
    func `is not opened again when something was put into it past the journal`(sql: String) async throws {
        let directory = try await closedJournal()
        try directory.withRawDatabase { db in
            let before = try everything(db)
            try db.execute(sql: sql)
            #expect(try everything(db).filter { before.contains($0) } == before)
        }
        #expect(throws: JournalError.self) { try Journal.open(directory: directory.path) }
    }

    static let changes = [
        "type = 'bot.resumed'", "data = '{}'", "metadata = '{}'", "recorded_at = 1", "schema_version = 9",
    ]

    @Test(arguments: changes)
    func `shows in the leaf's hash when the triggers were taken away`(change: String) async throws {
        let directory = try await closedJournal()
        try directory.withRawDatabase { db in
            try db.execute(sql: "DROP TRIGGER events_refuse_update; UPDATE events SET \(change) WHERE position = 2")
        }
        try await withJournal(in: directory) { journal in
            let changed = try journal.allEvents().filter { $0.recomputedLeafHash() != $0.leafHash }
            #expect(changed.map(\.position) == [2])
        }
    }

    @Test func `can be read by a person`() async throws {
        let directory = try TemporaryDirectory()
        try await withJournal(in: directory, options: TestClock(1_700_000_000_000_042).options) { journal in
            _ = try await journal.append([.sample()], to: .bot(1, account: "a1"), expected: .any)
        }
        let row = try directory.withRawDatabase { db in try Row.fetchOne(db, sql: "SELECT * FROM events_readable") }
        #expect(row?["stream"] == "bot-a1:twitch")
        #expect(row?["recorded_at"] == "2023-11-14T22:13:20.000042Z")
    }
}
