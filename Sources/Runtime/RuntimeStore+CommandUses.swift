import Domain
import GRDB

/// How often accounts' commands were used that say it, for workers without a Redis.
enum CommandUses {
    static let table = """
        CREATE TABLE IF NOT EXISTS command_uses (
          account_id TEXT NOT NULL,
          name TEXT NOT NULL,
          uses INTEGER NOT NULL,
          PRIMARY KEY (account_id, name)
        ) STRICT, WITHOUT ROWID;
        """
}

extension RuntimeStore {
    /// Counts one more.
    ///
    /// - Returns: how many there are now.
    package func count(_ use: CommandUse) throws -> Int {
        var count = 0
        try write { db in
            let sql = """
                INSERT INTO command_uses VALUES (?, ?, 1)
                ON CONFLICT DO UPDATE SET uses = uses + 1 RETURNING uses
                """
            let arguments: StatementArguments = [use.account.rawValue, use.name.rawValue]
            count = try Int.fetchOne(db.cachedStatement(sql: sql), arguments: arguments) ?? 0
        }
        return count
    }
}
