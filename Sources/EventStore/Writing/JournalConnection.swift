import Foundation
import GRDB
import GRDBSQLite

/// The one connection that writes the journal, and that writes its WAL back.
///
/// SQLite before 3.51.3 can corrupt a WAL that two connections write or write back at once; every other connection
/// is opened read-only. Used by the writer's thread alone.
final class JournalConnection: @unchecked Sendable {
    private let path: String
    private let queue: DatabaseQueue
    /// By `Statement.rawValue`: a dictionary's hashing would be felt in every append.
    private var statements: [OpaquePointer?] = Array(repeating: nil, count: Statement.allCases.count)

    enum Statement: Int, CaseIterable {
        case insertStream, insertEvent, updateTree, insertAnswer, deleteAnswers, findStream
        case lastStream, lastEvent
        case indexStreams, indexTypes, updateIndexed

        var sql: String {
            switch self {
            case .insertStream: "INSERT INTO streams (id, category, name, account_id) VALUES (?, ?, ?, ?)"
            case .insertEvent:
                """
                INSERT INTO events
                  (position, stream, revision, id, type, schema_version, data, metadata, recorded_at, leaf_hash)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
            case .updateTree: "UPDATE tree SET size = ?, frontier = ? WHERE id = 1"
            case .insertAnswer:
                """
                INSERT INTO idempotency (number, key, fingerprint, status, meta, recorded_at) VALUES (?, ?, ?, ?, ?, ?)
                """
            case .deleteAnswers: "DELETE FROM idempotency WHERE number <= ?"
            case .findStream:
                """
                SELECT id, (SELECT max(revision) FROM stream_events WHERE stream = streams.id)
                FROM streams WHERE name = ?
                """
            case .lastStream: "SELECT max(id) FROM streams"
            case .lastEvent: "SELECT position, recorded_at, id FROM events ORDER BY position DESC LIMIT 1"
            case .indexStreams:
                """
                INSERT INTO stream_events (stream, revision, position)
                SELECT stream, revision, position FROM events WHERE position > ? AND position <= ?
                ORDER BY stream, revision
                """
            case .indexTypes:
                """
                INSERT INTO type_events (type, position)
                SELECT type, position FROM events WHERE position > ? AND position <= ? ORDER BY type, position
                """
            case .updateIndexed: "UPDATE indexed SET position = ? WHERE id = 1"
            }
        }
    }

    init(path: String, pagesMax: Int?) throws {
        self.path = path
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.tellingJournalErrors(path: path) {
                // Before the mode is set, which writes into the file.
                _ = try Schema.isPresent(in: db, path: path)
                // What one filling of the indexes reads and touches stays in 16 MiB. The pages that it touches are
                // nearly those of the last: the WAL is written back less often than after each filling.
                try db.execute(
                    sql: """
                        PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                        PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4000
                        """)
                if let pagesMax { try db.execute(sql: "PRAGMA max_page_count = \(pagesMax)") }
            }
        }
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try prepareSchema()
    }

    private func prepareSchema() throws {
        try inTransaction { db in
            guard try !Schema.isPresent(in: db, path: path) else { return }
            try db.execute(sql: Schema.statements)
            try db.execute(
                sql: """
                    INSERT INTO journal VALUES (1, ?, ?); INSERT INTO tree VALUES (1, 0, x'');
                    INSERT INTO indexed VALUES (1, 0)
                    """,
                arguments: [UUID().uuidString.lowercased(), Int(Date().timeIntervalSince1970 * 1_000_000)])
            try db.execute(
                sql: "PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = \(Schema.version)")
        }
    }

    /// Writes back what the WAL holds, and closes.
    func close() {
        queue.inDatabase { _ in
            for statement in statements { sqlite3_finalize(statement) }
            statements = Array(repeating: nil, count: Statement.allCases.count)
        }
        try? queue.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        try? queue.close()
    }

    func transaction(_ body: () throws -> Void) throws {
        try inTransaction { _ in try body() }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value { try queue.read(body) }

    func inTransaction(_ body: (Database) throws -> Void) throws {
        try queue.writeWithoutTransaction { db in
            try db.tellingJournalErrors(path: path) {
                try db.inTransaction(.immediate) {
                    try body(db)
                    return .commit
                }
            }
        }
    }

    // MARK: reading what the writer must know

    struct Tail {
        var position: Int, recordedAt: Int, lastStream: Int
        /// As of opening; the writer's generator knows the newer ones.
        let lastID: EventID?
        var frontier: Frontier
    }

    func tail() throws -> Tail {
        try queue.read { db in
            let last = try Row.fetchOne(db, sql: Statement.lastEvent.sql)
            let tree = try Row.fetchOne(db, sql: "SELECT size, frontier FROM tree")
            let bytes: Data = tree?[1] ?? Data()
            guard let frontier = bytes.withUnsafeBytes({ Frontier(size: tree?[0] ?? 0, bytes: $0) }),
                frontier.size == last?[0] ?? 0
            else { throw JournalError.storageFailed("the tree's frontier does not match the events") }
            return Tail(
                position: last?[0] ?? 0, recordedAt: last?[1] ?? 0,
                lastStream: try Int.fetchOne(db, sql: Statement.lastStream.sql) ?? 0,
                lastID: last.flatMap { (row: Row) -> EventID? in
                    let id: Data = row[2]
                    guard id.count == 16 else { return nil }
                    return id.withUnsafeBytes { EventID(bytes: $0.loadUnaligned(as: SIMD16<UInt8>.self)) }
                },
                frontier: frontier)
        }
    }

    func epoch() throws -> String {
        try queue.read { db in try String.fetchOne(db, sql: "SELECT epoch FROM journal") ?? "" }
    }

    func answers() throws -> [(key: Hash, number: Int, recordedAt: Int)] {
        try queue.read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT key, number, recorded_at FROM idempotency ORDER BY number")
            return rows.compactMap { row in
                let key: Data = row[0]
                return key.withUnsafeBytes { Hash($0) }.map { ($0, row[1], row[2]) }
            }
        }
    }

    /// The revision is that of the last event that the index holds.
    func findStream(_ name: String) throws -> (number: Int, revision: Int?)? {
        try run(.findStream) { statement in
            statement.bind(1, name)
            guard try statement.step() else { return nil }
            let revision = statement.isNull(1) ? nil : statement.integer(1)
            return (statement.integer(0), revision)
        }
    }

    // MARK: writing, inside `transaction`

    func insertStream(_ number: Int, _ stream: StreamID, name: String) throws {
        try run(.insertStream) { statement in
            statement.bind(1, number)
            statement.bind(2, stream.category)
            statement.bind(3, name)
            if let account = stream.account { statement.bind(4, account) } else { statement.bindNull(4) }
            _ = try statement.step()
        }
    }

    func insertEvent(
        position: Int, stream: Int, revision: Int, id: EventID, event: NewEvent, recordedAt: Int, leaf: Hash
    ) throws {
        try run(.insertEvent) { statement in
            statement.bind(1, position)
            statement.bind(2, stream)
            statement.bind(3, revision)
            statement.bind(4, blob: id.bytes)
            statement.bind(5, event.type)
            statement.bind(6, event.schemaVersion)
            statement.bind(9, recordedAt)
            statement.bind(10, blob: leaf.bytes)
            try event.data.withUnsafeBufferPointer { data in
                try event.metadata.withUnsafeBufferPointer { metadata in
                    statement.bind(7, lentText: data)
                    statement.bind(8, lentText: metadata)
                    _ = try statement.step()
                }
            }
        }
    }

    func updateTree(_ frontier: Frontier) throws {
        try run(.updateTree) { statement in
            statement.bind(1, frontier.size)
            statement.bind(2, blob: frontier.bytes)
            _ = try statement.step()
        }
    }

    func insertAnswer(number: Int, _ answer: IdempotencyRecord, meta: [UInt8], recordedAt: Int) throws {
        try run(.insertAnswer) { statement in
            statement.bind(1, number)
            statement.bind(2, blob: answer.key.bytes)
            statement.bind(3, blob: answer.fingerprint.bytes)
            statement.bind(4, answer.status)
            statement.bind(5, text: meta)
            statement.bind(6, recordedAt)
            _ = try statement.step()
        }
    }

    func deleteAnswers(through number: Int) throws {
        try run(.deleteAnswers) { statement in
            statement.bind(1, number)
            _ = try statement.step()
        }
    }

    func run<Value>(_ kind: Statement, _ body: (BoundStatement) throws -> Value) throws -> Value {
        let statement = BoundStatement(pointer: try prepared(kind))
        defer { statement.reset() }
        return try body(statement)
    }

    private func prepared(_ kind: Statement) throws -> OpaquePointer {
        if let statement = statements[kind.rawValue] { return statement }
        let statement = try queue.unsafeReentrantRead { db in
            var pointer: OpaquePointer?
            let code = sqlite3_prepare_v3(
                db.sqliteConnection, kind.sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
            guard code == SQLITE_OK, let pointer else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
            return pointer
        }
        statements[kind.rawValue] = statement
        return statement
    }
}
