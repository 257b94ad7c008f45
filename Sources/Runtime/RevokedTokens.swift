import Domain
import GRDB
import Synchronization

/// The ids (`jti`) of signed tokens that count no more, each until the token would have expired anyway.
final class RevokedTokens: Sendable {
    static let idBytesMax = 256

    private let ids: Mutex<[String: Timestamp]>
    private let revocations = Atomic<Int>(0)
    private let countMax: Int

    init(_ ids: [String: Timestamp], countMax: Int) {
        self.ids = Mutex(ids)
        self.countMax = countMax
    }

    var version: Int { revocations.load(ordering: .acquiring) }

    func contains(_ id: String) -> Bool { ids.withLock { $0[id] != nil } }

    /// The answer is until when it must be kept.
    func add(_ id: String, expiresAt: Timestamp, at now: Timestamp) throws(RuntimeStoreError) -> Timestamp {
        let kept = ids.withLock { ids -> Timestamp? in
            if let known = ids[id] {
                ids[id] = max(known, expiresAt)
                return ids[id]
            }
            if ids.count >= countMax { ids = ids.filter { $0.value > now } }
            guard ids.count < countMax else { return nil }
            ids[id] = expiresAt
            revocations.add(1, ordering: .releasing)
            return expiresAt
        }
        guard let kept else { throw .tooManyRevokedTokens(countMax: countMax) }
        return kept
    }

    func forgetExpired(at now: Timestamp) {
        ids.withLock { ids in ids = ids.filter { $0.value > now } }
    }
}

extension RevokedTokens {
    static let table = """
        CREATE TABLE IF NOT EXISTS revoked_tokens (
            jti TEXT NOT NULL PRIMARY KEY,
            expires_at INTEGER NOT NULL -- µs since 1970 UTC
        ) STRICT, WITHOUT ROWID;
        """

    static func save(_ id: String, expiresAt: Timestamp, at now: Timestamp, _ db: Database) throws {
        try deleteExpired(db, at: now)
        try db.execute(
            sql: """
                INSERT INTO revoked_tokens VALUES (?, ?)
                ON CONFLICT DO UPDATE SET expires_at = max(expires_at, excluded.expires_at)
                """,
            arguments: [id, expiresAt.microseconds])
    }

    static func load(_ db: Database, at now: Timestamp) throws -> [String: Timestamp] {
        try deleteExpired(db, at: now)
        var ids: [String: Timestamp] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT jti, expires_at FROM revoked_tokens") {
            ids[row[0]] = Timestamp(microseconds: row[1])
        }
        return ids
    }

    private static func deleteExpired(_ db: Database, at now: Timestamp) throws {
        try db.execute(sql: "DELETE FROM revoked_tokens WHERE expires_at <= ?", arguments: [now.microseconds])
    }
}
