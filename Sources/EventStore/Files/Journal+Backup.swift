import Foundation
import GRDB

extension Journal {
    /// What a journal's file holds, read without opening it for writing.
    package struct Summary: Sendable {
        package let epoch: String, position: Int, streams: Int, root: Hash
        package let firstRecordedAt: Int?, lastRecordedAt: Int?, sizeBytes: Int
    }

    /// Copies the journal into a new file, while it is in use: the copy is the state of one moment.
    package static func backup(directory: String, to target: String) throws {
        guard !FileManager.default.fileExists(atPath: target) else { throw JournalError.exists(path: target) }
        let source = try openForReading(directory + "/" + fileName)
        let temporary = target + ".incomplete"
        try? FileManager.default.removeItem(atPath: temporary)
        do {
            let copy = try DatabaseQueue(path: temporary)
            try source.backup(to: copy)
            try copy.close()
            try check(temporary)
            try FileManager.default.moveItem(atPath: temporary, toPath: target)
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw error
        }
    }

    /// Begins a data directory from a backup, as a new epoch: what was recorded after the backup is another history.
    package static func restore(from backup: String, directory: String) throws -> Summary {
        let target = directory + "/" + fileName
        guard !FileManager.default.fileExists(atPath: target) else { throw JournalError.exists(path: target) }
        try check(backup)
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let temporary = target + ".incomplete"
        try? FileManager.default.removeItem(atPath: temporary)
        try FileManager.default.copyItem(atPath: backup, toPath: temporary)
        let copy = try DatabaseQueue(path: temporary)
        try copy.write { db in
            try db.execute(sql: "UPDATE journal SET epoch = ?", arguments: [UUID().uuidString.lowercased()])
        }
        try copy.close()
        try FileManager.default.moveItem(atPath: temporary, toPath: target)
        return try summary(directory: directory)
    }

    package static func summary(directory: String) throws -> Summary {
        let path = directory + "/" + fileName
        let queue = try openForReading(path)
        defer { try? queue.close() }
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        return try queue.read { db in
            let tree = try Row.fetchOne(db, sql: "SELECT size, frontier FROM tree")
            let frontier: Data = tree?[1] ?? Data()
            let edge = frontier.withUnsafeBytes { Frontier(size: tree?[0] ?? 0, bytes: $0) } ?? Frontier()
            return Summary(
                epoch: try String.fetchOne(db, sql: "SELECT epoch FROM journal") ?? "",
                position: edge.size, streams: try Int.fetchOne(db, sql: "SELECT count(*) FROM streams") ?? 0,
                root: edge.root,
                firstRecordedAt: try Int.fetchOne(db, sql: "SELECT recorded_at FROM events WHERE position = 1"),
                lastRecordedAt: try Int.fetchOne(db, sql: "SELECT max(recorded_at) FROM events WHERE position = (SELECT max(position) FROM events)"),
                sizeBytes: size)
        }
    }

    private static func openForReading(_ path: String) throws -> DatabaseQueue {
        guard FileManager.default.fileExists(atPath: path) else { throw JournalError.missing(path: path) }
        var configuration = Configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private static func check(_ path: String) throws {
        do {
            let queue = try openForReading(path)
            defer { try? queue.close() }
            try queue.read { db in
                guard try Int.fetchOne(db, sql: "PRAGMA application_id") == Schema.applicationID else {
                    throw JournalError.notAJournal(path: path)
                }
                let verdict = try String.fetchOne(db, sql: "PRAGMA quick_check") ?? "no answer"
                guard verdict == "ok" else { throw JournalError.storageFailed("\(path) is damaged: \(verdict)") }
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            throw JournalError.notAJournal(path: path)
        }
    }
}
