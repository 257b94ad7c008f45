import Domain
import GRDB

/// The tail of the change feed: written with the rows that it speaks of, so it can never disagree with them.
struct ChangeLog {
    static let table = """
        CREATE TABLE changes (
          position INTEGER NOT NULL,
          idx INTEGER NOT NULL,
          previous TEXT NOT NULL,
          kind TEXT NOT NULL,
          key TEXT NOT NULL,
          op TEXT NOT NULL,
          value TEXT,
          recorded_at INTEGER NOT NULL,
          correlation_id TEXT,
          PRIMARY KEY (position, idx)
        ) STRICT, WITHOUT ROWID;
        """

    func write(_ change: FeedChange, _ db: Database) throws {
        let statement = try db.cachedStatement(sql: "INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        try statement.execute(arguments: [
            change.id.position, change.id.index, change.previous.description, change.kind.rawValue, change.key,
            change.value == nil ? "delete" : "put", change.value.map { String(decoding: $0, as: UTF8.self) },
            change.recordedAt.microseconds, change.correlationID,
        ])
    }

    func trim(through position: Int, _ db: Database) throws {
        guard position > 0 else { return }
        try db.cachedStatement(sql: "DELETE FROM changes WHERE position <= ?").execute(arguments: [position])
    }
}
