import Crypto
import Domain
import Foundation
import GRDB

/// The table of keys. Whatever is deleted is overwritten with zeros.
struct PersonalKeysFile: Sendable {
    /// Random, so that an id says nothing of its subject.
    private static let idBytes = 9

    private let database: DatabaseQueue

    /// - Returns: nil when there is no such file: nothing was sealed here, or the keys are elsewhere.
    init?(readingAt path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        database = try DatabaseQueue(path: path, configuration: configuration)
    }

    init(path: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            // No write-ahead log: it would keep the pages of deleted keys. A rollback journal is gone with the commit.
            try db.execute(
                sql: """
                    PRAGMA secure_delete = ON; PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA;
                    """)
        }
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(
                atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        database = try DatabaseQueue(path: path, configuration: configuration)
        try database.write { db in try db.execute(sql: Self.schema) }
    }

    /// - Returns: false when there is nothing to copy.
    static func copy(_ path: String, to target: String) throws -> Bool {
        guard let source = try PersonalKeysFile(readingAt: path) else { return false }
        guard !FileManager.default.fileExists(atPath: target) else { throw KeysExist(path: target) }
        try FileManager.default.createDirectory(
            at: URL(filePath: target).deletingLastPathComponent(), withIntermediateDirectories: true)
        let copy = try PersonalKeysFile(path: target)
        try source.database.backup(to: copy.database)
        try copy.database.close()
        return true
    }

    private static let schema = """
        CREATE TABLE IF NOT EXISTS keys (
          id TEXT PRIMARY KEY,
          subject TEXT NOT NULL,
          secret BLOB,
          made_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
        ) STRICT;
        CREATE UNIQUE INDEX IF NOT EXISTS keys_by_subject ON keys (subject) WHERE secret IS NOT NULL;
        CREATE TABLE IF NOT EXISTS rebuild (is_due INTEGER NOT NULL) STRICT;
        """

    /// The subjects' keys, made for those who have none.
    func keys(for subjects: Set<Subject>) throws -> [Subject: PersonalKey] {
        try database.write { db in
            var keys: [Subject: PersonalKey] = [:]
            for subject in subjects { keys[subject] = try Self.find(subject, db) ?? Self.make(subject, db) }
            return keys
        }
    }

    private static func find(_ subject: Subject, _ db: Database) throws -> PersonalKey? {
        let row = try Row.fetchOne(
            db, sql: "SELECT id, secret FROM keys WHERE subject = ? AND secret IS NOT NULL",
            arguments: [subject.description])
        return row.map { PersonalKey(id: $0[0], secret: SymmetricKey(data: $0[1] as Data)) }
    }

    private static func make(_ subject: Subject, _ db: Database) throws -> PersonalKey {
        let secret = SymmetricKey(size: .bits256)
        var random = SystemRandomNumberGenerator()
        let id = Data((0..<idBytes).map { _ in UInt8.random(in: 0...255, using: &random) }).base64EncodedString()
        try db.execute(
            sql: "INSERT INTO keys (id, subject, secret) VALUES (?, ?, ?)",
            arguments: [id, subject.description, secret.withUnsafeBytes { Data($0) }])
        return PersonalKey(id: id, secret: secret)
    }

    func key(withID id: String) throws -> PersonalKeys.Lookup {
        try database.read { db in
            guard let row = try Row.fetchOne(db, sql: "SELECT secret FROM keys WHERE id = ?", arguments: [id]) else {
                return .unknown
            }
            return (row[0] as Data?).map { .known(SymmetricKey(data: $0)) } ?? .erased
        }
    }

    func keyIDs(of subject: Subject) throws -> [String] {
        try database.read { db in
            try String.fetchAll(
                db, sql: "SELECT id FROM keys WHERE subject = ? AND secret IS NOT NULL ORDER BY id",
                arguments: [subject.description])
        }
    }

    func erase(_ ids: [String]) throws -> Int {
        try database.write { db in
            var erased = 0
            for id in ids {
                try db.execute(
                    sql: "UPDATE keys SET secret = NULL WHERE id = ? AND secret IS NOT NULL", arguments: [id])
                erased += db.changesCount
            }
            if erased > 0 { try db.execute(sql: "INSERT INTO rebuild VALUES (1)") }
            return erased
        }
    }

    var mustRebuild: Bool {
        get throws { try database.read { try Bool.fetchOne($0, sql: "SELECT count(*) > 0 FROM rebuild") ?? false } }
    }

    func rebuilt() throws { try database.write { try $0.execute(sql: "DELETE FROM rebuild") } }
}

struct KeysExist: Error, CustomStringConvertible {
    let path: String
    var description: String { "\(path) exists already, and keys are never written over: name another place" }
}
