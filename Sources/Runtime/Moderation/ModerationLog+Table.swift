import Domain
import GRDB

extension ModerationLog {
    /// The columns that are asked for stand before the document, so that a search need not read it.
    static let table = """
        CREATE TABLE IF NOT EXISTS moderation (
            id INTEGER PRIMARY KEY, -- µs since 1970 UTC, made unique
            at INTEGER NOT NULL, -- µs since 1970 UTC
            platform TEXT NOT NULL,
            account_id TEXT NOT NULL,
            channel_id TEXT NOT NULL,
            user_id TEXT NOT NULL,
            user_login TEXT NOT NULL, -- in small letters
            module TEXT NOT NULL,
            action TEXT NOT NULL,
            outcome TEXT NOT NULL,
            document TEXT NOT NULL -- JSON
        ) STRICT;
        CREATE INDEX IF NOT EXISTS moderation_by_account ON moderation (account_id);
        CREATE TABLE IF NOT EXISTS report_places (
            source TEXT NOT NULL PRIMARY KEY,
            entry TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    /// What stood in the file when it was opened.
    struct Contents {
        let lastID: Int, count: Int, places: [String: String]
    }

    static func load(_ db: Database) throws -> Contents {
        var places: [String: String] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT source, entry FROM report_places") { places[row[0]] = row[1] }
        let lastID = try Int.fetchOne(db, sql: "SELECT max(id) FROM moderation") ?? 0
        let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM moderation") ?? 0
        return Contents(lastID: lastID, count: count, places: places)
    }

    static func save(_ batch: Batch, _ db: Database) throws {
        let insert = try db.cachedStatement(sql: "INSERT INTO moderation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        for new in batch.lines {
            let record = new.record
            try insert.execute(arguments: [
                new.line.id, record.at.microseconds, record.channel.platform.rawValue,
                record.channel.accountID.rawValue, record.channel.id, record.author.id,
                record.author.login.lowercased(), record.module, record.action.rawValue, record.outcome.rawValue,
                String(decoding: new.line.bytes, as: UTF8.self),
            ])
        }
        let place = try db.cachedStatement(
            sql: "INSERT INTO report_places VALUES (?, ?) ON CONFLICT DO UPDATE SET entry = excluded.entry")
        for (source, entry) in batch.places { try place.execute(arguments: [source, entry]) }
    }

    /// Deletes from the old end, so that it costs what is deleted, and not more than a bound at once.
    ///
    /// - Parameter count: how many lines there are.
    /// - Returns: how many there are afterwards.
    static func trim(_ db: Database, count: Int, countMax: Int, before moment: Timestamp) throws -> Int {
        let delete = try db.cachedStatement(
            sql: """
                DELETE FROM moderation WHERE id IN (SELECT id FROM moderation WHERE id < ? ORDER BY id LIMIT ?)
                """)
        try delete.execute(arguments: [moment.microseconds, trimmedMax])
        let rest = count - db.changesCount
        guard rest > countMax else { return rest }
        try delete.execute(arguments: [Int.max, min(rest - countMax, trimmedMax)])
        return rest - db.changesCount
    }

    private static let trimmedMax = 20_000
}

extension ModerationLog {
    /// The newest lines of a filter, from before a number on.
    static func newest(_ filter: ModerationFilter, before id: Int, limit: Int, _ db: Database) throws
        -> [ModerationLine]
    {
        let (sql, arguments) = filter.condition
        return try lines(
            "id < ? AND \(sql) ORDER BY id DESC LIMIT ?", [id] + arguments + [limit], db)
    }

    /// The lines of a filter between two numbers, oldest first.
    static func oldest(_ filter: ModerationFilter, after id: Int, before end: Int, limit: Int, _ db: Database) throws
        -> [ModerationLine]
    {
        let (sql, arguments) = filter.condition
        return try lines(
            "id > ? AND id < ? AND \(sql) ORDER BY id LIMIT ?", [id, end] + arguments + [limit], db)
    }

    private static func lines(_ rest: String, _ arguments: StatementArguments, _ db: Database) throws
        -> [ModerationLine]
    {
        let statement = try db.cachedStatement(sql: "SELECT id, document FROM moderation WHERE \(rest)")
        return try Row.fetchAll(statement, arguments: arguments).map { row in
            ModerationLine(id: row[0], bytes: Array((row[1] as String).utf8))
        }
    }
}
