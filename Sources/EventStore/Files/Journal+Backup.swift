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
        defer { try? source.close() }
        try copy(source, to: target)
    }

    /// Begins a data directory from a backup, as a new epoch: what was recorded after the backup is another history.
    ///
    /// The backup may be the file of a killed server: what its WAL holds is copied, too.
    /// - Parameter last: the last position to be kept; nil for all of them.
    package static func restore(from backup: String, directory: String, to last: Int? = nil) throws -> Summary {
        let target = directory + "/" + fileName
        // SQLite would take the WAL of a deleted journal for that of the copy, and destroy it.
        for path in [target, target + "-wal"] where try isFilled(path) { throw JournalError.exists(path: path) }
        let source = try openForReading(backup)
        defer { try? source.close() }
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try copy(source, to: target) { db in
            try db.execute(sql: "UPDATE journal SET epoch = ?", arguments: [UUID().uuidString.lowercased()])
            if let last { try db.forgetEvents(after: last) }
        }
        return try summary(directory: directory)
    }

    package static func summary(directory: String) throws -> Summary {
        let path = directory + "/" + fileName
        let queue = try openForReading(path)
        defer { try? queue.close() }
        // What the WAL holds has not come back into the file yet.
        let size = [path, path + "-wal"].reduce(0) { total, path in
            total + (((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int) ?? 0)
        }
        return try queue.read { db in
            let tree = try Row.fetchOne(db, sql: "SELECT size, frontier FROM tree")
            let frontier: Data = tree?[1] ?? Data()
            let edge = frontier.withUnsafeBytes { Frontier(size: tree?[0] ?? 0, bytes: $0) } ?? Frontier()
            return Summary(
                epoch: try String.fetchOne(db, sql: "SELECT epoch FROM journal") ?? "",
                position: edge.size, streams: try Int.fetchOne(db, sql: "SELECT count(*) FROM streams") ?? 0,
                root: edge.root,
                firstRecordedAt: try Int.fetchOne(db, sql: "SELECT recorded_at FROM events WHERE position = 1"),
                lastRecordedAt: try Int.fetchOne(
                    db, sql: "SELECT recorded_at FROM events ORDER BY position DESC LIMIT 1"),
                sizeBytes: size)
        }
    }

    private static func openForReading(_ path: String) throws -> DatabaseQueue {
        guard FileManager.default.fileExists(atPath: path) else { throw JournalError.missing(path: path) }
        var configuration = Configuration()
        configuration.readonly = true
        // A server that starts or stops at this moment holds the file for itself.
        configuration.busyMode = .timeout(5)
        return try tellingJournalErrors(path) {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            guard try queue.read({ db in try Schema.isPresent(in: db, path: path) }) else {
                throw JournalError.notAJournal(path: path)
            }
            return queue
        }
    }

    /// Writes under another name first, so that what stands under its own is always whole and checked.
    private static func copy(
        _ source: DatabaseQueue, to target: String, _ change: (Database) throws -> Void = { _ in }
    ) throws {
        let temporary = target + ".incomplete"
        try? FileManager.default.removeItem(atPath: temporary)
        do {
            try tellingJournalErrors(temporary) {
                let copy = try DatabaseQueue(path: temporary)
                try source.backup(to: copy)
                try copy.writeWithoutTransaction { db in
                    // One file that needs no other beside it; a server that opens it sets its own mode.
                    try db.execute(sql: "PRAGMA journal_mode = DELETE")
                    try change(db)
                    let verdict = try String.fetchOne(db, sql: "PRAGMA quick_check") ?? "no answer"
                    guard verdict == "ok" else {
                        throw JournalError.storageFailed("\(source.path) is damaged: \(verdict)")
                    }
                }
                try copy.close()
            }
            try FileManager.default.moveItem(atPath: temporary, toPath: target)
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw error
        }
    }

    private static func isFilled(_ path: String) throws -> Bool {
        guard FileManager.default.fileExists(atPath: path) else { return false }
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        return size > 0 || path.hasSuffix(fileName)
    }

    private static func tellingJournalErrors<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as DatabaseError { throw error.asJournalError(path: path) }
    }
}

extension Database {
    /// What nothing may do with a journal in use: a copy of it ends earlier than the original.
    fileprivate func forgetEvents(after last: Int) throws {
        let head = try Int.fetchOne(self, sql: "SELECT coalesce(max(position), 0) FROM events") ?? 0
        guard (0...head).contains(last) else { throw JournalError.noSuchPosition(last, head: head) }
        let triggers = try Row.fetchAll(self, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        for trigger in triggers { try execute(sql: "DROP TRIGGER \(trigger[0] as String)") }
        let recordedAt = try Int.fetchOne(
            self, sql: "SELECT recorded_at FROM events WHERE position = ?", arguments: [last])
        try execute(
            sql: """
                DELETE FROM events WHERE position > :last;
                DELETE FROM stream_events WHERE position > :last;
                DELETE FROM type_events WHERE position > :last;
                DELETE FROM streams WHERE id NOT IN (SELECT stream FROM events);
                DELETE FROM idempotency WHERE recorded_at > :at;
                UPDATE indexed SET position = min(position, :last);
                """, arguments: ["last": last, "at": recordedAt ?? -1])
        var frontier = Frontier()
        let leaves = try Row.fetchCursor(self, sql: "SELECT leaf_hash FROM events ORDER BY position")
        while let row = try leaves.next() {
            let bytes: Data = row[0]
            guard let leaf = bytes.withUnsafeBytes({ Hash($0) }) else {
                throw JournalError.storageFailed("the hash of position \(frontier.size + 1) is not one")
            }
            frontier.append(leaf)
        }
        try execute(
            sql: "UPDATE tree SET size = ?, frontier = ?", arguments: [frontier.size, Data(frontier.bytes)])
        for trigger in triggers { try execute(sql: trigger[1]) }
    }
}
