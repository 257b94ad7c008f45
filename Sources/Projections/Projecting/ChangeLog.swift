import Domain
import EventStore
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

    func write(_ changes: [FeedChange], _ db: Database) throws {
        guard !changes.isEmpty else { return }
        let insert = BoundStatement(
            try db.cachedStatement(sql: "INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"))
        for change in changes {
            var row = RowBinder(insert)
            row.bind(change.id.position)
            row.bind(change.id.index)
            row.bind(change.previous.description)
            row.bind(change.kind.rawValue)
            row.bind(change.key)
            row.bind(change.value == nil ? "delete" : "put")
            row.bind(text: change.value)
            row.bind(change.recordedAt.microseconds)
            row.bind(change.correlationID)
            try insert.run()
        }
    }

    func trim(through position: Int, _ db: Database) throws {
        guard position > 0 else { return }
        try db.cachedStatement(sql: "DELETE FROM changes WHERE position <= ?").execute(arguments: [position])
    }
}
