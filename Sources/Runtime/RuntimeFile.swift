import Domain
import Foundation
import GRDB

/// The database `runtime.sqlite`: WAL, `synchronous=NORMAL` (a power cut may cost the last moments, never the file).
struct RuntimeFile: Sendable {
    typealias Connection = Database

    /// A later layout only adds tables; a change of one takes the next number and a migration.
    static let layout = 1
    static let schema = [
        HeartbeatBoard.table, KeyRing.table, RevokedTokens.table, WorkerBoard.table, Receipts.table,
        ModerationLog.table, KeyValueTable.table, CommandUses.table, SessionBoard.table, SecurityLog.table,
        WebhookBoard.table,
    ].joined(separator: "\n\n")

    /// What stood in the file when it was opened.
    struct Contents {
        let heartbeats: [BotKey: Timestamp], keys: [StoredKey], revokedTokens: [String: Timestamp]
        let workers: [String: WorkerBoard.Entry], receiptNames: Set<String>
        let moderation: ModerationLog.Contents, sessions: [KeyDigest: Session]
        let lastSecurityID: Int, webhooks: [String: WebhookBoard.Entry]
    }

    struct Opened {
        let file: RuntimeFile, contents: Contents, notice: String?
    }

    private let writer: DatabaseQueue
    /// For what takes long: it sees what is committed, and holds up nobody.
    private let reader: DatabaseQueue

    static func open(path: String, at now: Timestamp, limits: RuntimeStore.Limits) throws -> Opened {
        do {
            return try attempt(path: path, at: now, limits: limits, notice: nil)
        } catch let error where isDamage(error) {
            let aside = try moveAside(path, at: now)
            return try attempt(path: path, at: now, limits: limits, notice: notice(path: path, aside: aside))
        }
    }

    private static func attempt(
        path: String, at now: Timestamp, limits: RuntimeStore.Limits, notice: String?
    ) throws -> Opened {
        try createPrivately(path)
        let writer = try DatabaseQueue(path: path, configuration: configuration)
        do {
            let contents = try writer.write { db in
                try prepare(db, path: path)
                return try load(db, at: now, limits: limits)
            }
            let reader = try DatabaseQueue(path: path, configuration: readingConfiguration)
            return Opened(file: RuntimeFile(writer: writer, reader: reader), contents: contents, notice: notice)
        } catch {
            try? writer.close()
            throw error
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
        }
        return configuration
    }

    private static var readingConfiguration: Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        return configuration
    }

    /// SQLite would make the file readable for all; its `-wal` and `-shm` take over the permissions.
    private static func createPrivately(_ path: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 { Foundation.close(descriptor) }
    }

    private static func prepare(_ db: Database, path: String) throws {
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard version <= layout else { throw RuntimeStoreError.fromNewerVersion(path: path, version: version) }
        let isForeign = try version == 0 && Bool.fetchOne(db, sql: "SELECT count(*) > 0 FROM sqlite_schema") == true
        guard try !isForeign && String.fetchOne(db, sql: "PRAGMA quick_check(1)") == "ok" else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT)
        }
        try db.execute(sql: schema)
        try db.execute(sql: "PRAGMA user_version = \(layout)")
    }

    private static func load(_ db: Database, at now: Timestamp, limits: RuntimeStore.Limits) throws -> Contents {
        Contents(
            heartbeats: try HeartbeatBoard.load(db, countMax: limits.heartbeatsMax),
            keys: try KeyRing.load(db, at: now), revokedTokens: try RevokedTokens.load(db, at: now),
            workers: try WorkerBoard.load(db), receiptNames: try Receipts.names(db),
            moderation: try ModerationLog.load(db), sessions: try SessionBoard.load(db, at: now),
            lastSecurityID: try SecurityLog.lastID(db), webhooks: try WebhookBoard.load(db))
    }

    func write(_ body: (Connection) throws -> Void) throws { try writer.write(body) }

    func read<Value>(_ body: (Connection) throws -> Value) throws -> Value { try writer.read(body) }

    func readAside<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws -> Value { try await reader.read(body) }

    func close() {
        try? reader.close()
        try? writer.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        try? writer.close()
    }

    /// SQLite's own words without the statement and its arguments, which are nobody's business.
    static func reason(_ error: any Error) -> String {
        guard let error = error as? DatabaseError else { return "\(error)" }
        return error.message ?? "SQLite error \(error.resultCode.rawValue)"
    }
}

extension RuntimeFile {
    /// What says that the bytes are not ours any more, rather than that the disk or its owner refuses.
    private static func isDamage(_ error: any Error) -> Bool {
        guard let error = error as? DatabaseError else { return false }
        return [.SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_FORMAT, .SQLITE_MISMATCH, .SQLITE_ERROR]
            .contains(error.resultCode)
    }

    /// The log goes first: a new file must never find the old one's log beside it.
    private static func moveAside(_ path: String, at now: Timestamp) throws -> String {
        let manager = FileManager.default
        let time = now.description.prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
        var aside = "\(path).damaged-\(time)"
        var number = 1
        while manager.fileExists(atPath: aside) {
            number += 1
            aside = "\(path).damaged-\(time)-\(number)"
        }
        for suffix in ["-shm", "-wal", ""] where manager.fileExists(atPath: path + suffix) {
            try manager.moveItem(atPath: path + suffix, toPath: aside + suffix)
        }
        return aside
    }

    private static func notice(path: String, aside: String) -> String {
        "\(path) was damaged: it lies in \(aside) now and a new one was begun. API keys must be created again; "
            + "tokens that were revoked are taken again until they expire, unless you delete signing.key and restart"
    }
}
