import Domain
import Foundation
import GRDB

extension KeyRing {
    static let table = """
        CREATE TABLE IF NOT EXISTS api_keys (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32), -- SHA-256 of the secret
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            account_id TEXT,
            role TEXT,
            permissions TEXT NOT NULL, -- separated by spaces
            created_at INTEGER NOT NULL, -- µs since 1970 UTC, as are all times
            created_by TEXT NOT NULL,
            expires_at INTEGER,
            revoked_at INTEGER,
            last_used_at INTEGER
        ) STRICT;
        """

    private static let columns = """
        id, digest, kind, name, account_id, role, permissions, created_at, created_by, expires_at, revoked_at,
        last_used_at
        """

    static func insert(_ stored: StoredKey, _ db: Database) throws {
        let key = stored.key
        try db.execute(
            sql: """
                INSERT INTO api_keys (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)
                """,
            arguments: [
                key.id, Data(stored.digest.bytes), key.kind.rawValue, key.name, key.account?.rawValue, key.role,
                key.permissions.map(\.rawValue).sorted().joined(separator: " "), key.createdAt.microseconds,
                key.createdBy, key.expiresAt?.microseconds,
            ])
    }

    static func delete(_ ids: [String], _ db: Database) throws {
        for id in ids { try db.execute(sql: "DELETE FROM api_keys WHERE id = ?", arguments: [id]) }
    }

    /// The first revocation stands.
    static func saveRevocation(_ id: String, at time: Timestamp, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
            arguments: [time.microseconds, id])
    }

    static func saveUses(_ uses: [String: Timestamp], _ db: Database) throws {
        for (id, time) in uses {
            try db.execute(
                sql: "UPDATE api_keys SET last_used_at = ? WHERE id = ?", arguments: [time.microseconds, id])
        }
    }

    /// Forgets what ended long ago. A row that cannot be understood opens no door: it is passed over.
    static func load(_ db: Database, at now: Timestamp) throws -> [StoredKey] {
        let rows = try Row.fetchAll(db, sql: "SELECT \(columns) FROM api_keys ORDER BY number")
        let keys = rows.compactMap(StoredKey.init)
        try delete(keys.map(\.key).filter { isForgettable($0, at: now) }.map(\.id), db)
        return keys.filter { !isForgettable($0.key, at: now) }
    }
}

extension StoredKey {
    fileprivate init?(_ row: Row) {
        let digest: Data = row["digest"], kind: String = row["kind"], permissions: String = row["permissions"]
        let account: String? = row["account_id"]
        guard let digest = KeyDigest(Array(digest)), let kind = APIKey.Kind(rawValue: kind),
            account == nil || account.flatMap(AccountID.init(rawValue:)) != nil
        else { return nil }
        func time(_ column: String) -> Timestamp? {
            let microseconds: Int? = row[column]
            return microseconds.map(Timestamp.init(microseconds:))
        }
        guard let createdAt = time("created_at") else { return nil }
        let known = permissions.split(separator: " ").compactMap { Permission(rawValue: String($0)) }
        self.digest = digest
        key = APIKey(
            id: row["id"], kind: kind, name: row["name"], account: account.flatMap(AccountID.init(rawValue:)),
            role: row["role"], permissions: Set(known), createdAt: createdAt, createdBy: row["created_by"],
            expiresAt: time("expires_at"), revokedAt: time("revoked_at"), lastUsedAt: time("last_used_at"))
    }
}
