import Domain
import GRDB

extension SecurityLog {
    static let table = """
        CREATE TABLE IF NOT EXISTS security (
            id INTEGER PRIMARY KEY, -- µs since 1970 UTC, made unique
            kind TEXT NOT NULL,
            actor_kind TEXT,
            actor TEXT,
            account_id TEXT,
            address TEXT,
            operation TEXT NOT NULL,
            code TEXT,
            target TEXT NOT NULL,
            detail TEXT,
            first_at INTEGER NOT NULL, -- µs since 1970 UTC
            last_at INTEGER NOT NULL, -- µs since 1970 UTC
            count INTEGER NOT NULL
        ) STRICT;
        """

    static func lastID(_ db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT max(id) FROM security") ?? 0
    }

    static func save(_ lines: [SecurityLine], _ db: Database) throws {
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO security VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET last_at = excluded.last_at, count = excluded.count
                """)
        for line in lines {
            let record = line.record
            try insert.execute(arguments: [
                line.id, record.kind.rawValue, record.actorKind?.rawValue, record.actor, record.account?.rawValue,
                record.address, record.operation, record.code, line.target, line.detail, line.firstAt.microseconds,
                line.lastAt.microseconds, line.count,
            ])
        }
    }

    /// Deletes what is old, and the oldest of what is too many of a kind: a flood of one must not push out the others.
    static func trim(_ db: Database, countMax: Int, before moment: Timestamp) throws {
        try db.execute(sql: "DELETE FROM security WHERE id < ?", arguments: [moment.microseconds])
        for kind in SecurityRecord.Kind.allCases {
            try db.execute(
                sql: """
                    DELETE FROM security WHERE kind = :kind AND id <=
                      (SELECT id FROM security WHERE kind = :kind ORDER BY id DESC LIMIT 1 OFFSET :kept)
                    """,
                arguments: ["kind": kind.rawValue, "kept": countMax / SecurityRecord.Kind.allCases.count])
        }
    }

    /// The newest first, from before a number on.
    static func newest(
        _ filter: SecurityFilter, before id: Int, limit: Int, _ db: Database
    ) throws -> [SecurityLine] {
        let equal: [(String, String?)] = [
            ("kind = ?", filter.kind?.rawValue), ("actor = ?", filter.actor),
            ("account_id = ?", filter.account?.rawValue), ("address = ?", filter.address),
        ]
        let between: [(String, Int?)] = [
            ("last_at >= ?", filter.from?.microseconds), ("first_at < ?", filter.to?.microseconds),
        ]
        var terms = ["id < ?"], arguments: StatementArguments = [id]
        for (term, value) in equal {
            guard let value else { continue }
            terms.append(term)
            arguments += [value]
        }
        for (term, value) in between {
            guard let value else { continue }
            terms.append(term)
            arguments += [value]
        }
        let sql = "SELECT * FROM security WHERE \(terms.joined(separator: " AND ")) ORDER BY id DESC LIMIT ?"
        return try Row.fetchAll(db, sql: sql, arguments: arguments + [limit]).compactMap(SecurityLine.init)
    }
}

extension SecurityLine {
    /// nil for a row that cannot be understood.
    fileprivate init?(_ row: Row) {
        let kind: String = row["kind"], actorKind: String? = row["actor_kind"], account: String? = row["account_id"]
        guard let kind = SecurityRecord.Kind(rawValue: kind) else { return nil }
        self.init(
            id: row["id"],
            record: SecurityRecord(
                kind, actorKind: actorKind.flatMap(Actor.Kind.init), actor: row["actor"],
                account: account.flatMap(AccountID.init), address: row["address"], operation: row["operation"],
                code: row["code"]),
            target: row["target"], detail: row["detail"], firstAt: Timestamp(microseconds: row["first_at"]),
            lastAt: Timestamp(microseconds: row["last_at"]), count: row["count"])
    }
}

extension SecurityRecord {
    fileprivate init(
        _ kind: Kind, actorKind: Actor.Kind?, actor: String?, account: AccountID?, address: String?,
        operation: String, code: String?
    ) {
        self.init(kind, by: nil, from: address, operation: operation, code: code)
        (self.actorKind, self.actor, self.account) = (actorKind, actor, account)
    }
}
