import Domain
import EventStore
import Foundation
import GRDB
import Synchronization

/// One generation of the read models: a disposable database `read-models.<n>.sqlite`.
///
/// It is written without waiting for the disk, so it says in itself while it is open: after an unclean stop it is not
/// trusted and made again from the journal. A file that is open is never renamed.
final class ReadModelsFile: Sendable {
    let number: Int
    let path: String
    let writer: DatabaseQueue
    /// nil once the file is closed. Who reads holds on to the pool: closing one that is being read is a race in GRDB.
    private let readers: Mutex<DatabasePool?>

    /// The tables in the order in which they are compared.
    static let projectionTables = [
        AccountsProjection.name, ProvidersProjection.name, BotStatusesProjection.name, BotModuleConfigsProjection.name,
        ExtensionsProjection.name, ExtensionInstallsProjection.name,
    ]
    static let comparedTables = projectionTables + ["parked_streams", "changes"]

    static let schema = [
        AccountsProjection.table, ProvidersProjection.table, BotStatusesProjection.table,
        BotModuleConfigsProjection.table, ExtensionsProjection.table, ExtensionInstallsProjection.table,
        ChangeLog.table, ParkedStream.table, ProjectionState.table,
    ].joined(separator: "\n\n")

    /// A file with another layout is of another version of the program.
    static let layout = Hash(of: Array(schema.utf8)).description

    private init(number: Int, path: String, writer: DatabaseQueue) throws {
        (self.number, self.path, self.writer) = (number, path, writer)
        var configuration = Configuration()
        configuration.readonly = true
        configuration.maximumReaderCount = 8
        readers = Mutex(try DatabasePool(path: path, configuration: configuration))
    }

    private static func openWriter(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(
                sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384")
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    static func path(in directory: String, number: Int) -> String { "\(directory)/read-models.\(number).sqlite" }

    /// The numbers of the files that lie there, the newest first.
    static func numbers(in directory: String) -> [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.compactMap { name in
            guard name.hasPrefix("read-models."), name.hasSuffix(".sqlite") else { return nil }
            return Int(name.dropFirst("read-models.".count).dropLast(".sqlite".count))
        }.sorted(by: >)
    }

    static func removeAll(in directory: String) { numbers(in: directory).forEach { remove($0, in: directory) } }

    static func remove(_ number: Int, in directory: String) {
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: path(in: directory, number: number) + suffix)
        }
    }

    static func create(number: Int, in directory: String, epoch: String) throws -> ReadModelsFile {
        remove(number, in: directory)
        let path = path(in: directory, number: number)
        let writer = try openWriter(path)
        try writer.write { try prepare($0, epoch: epoch) }
        return try ReadModelsFile(number: number, path: path, writer: writer)
    }

    /// Makes the tables, as they are before the first event.
    static func prepare(_ db: Database, epoch: String) throws {
        try db.execute(sql: schema)
        try db.execute(
            sql: "INSERT INTO subscription VALUES (1, ?, ?, 0, 1, 0, ?, ?, 0)",
            arguments: [epoch, layout, ChangeID.zero.description, DocumentDigest().description])
    }

    /// Opens a file that was closed cleanly and belongs to this journal; nil when it must be made again.
    static func open(number: Int, in directory: String, epoch: String, head: Int) -> ReadModelsFile? {
        let path = path(in: directory, number: number)
        guard let writer = try? openWriter(path) else { return nil }
        let usable = try? writer.write { db -> Bool in
            let sql = """
                SELECT position FROM subscription
                WHERE epoch = ? AND layout = ? AND is_complete = 1 AND is_open = 0
                """
            guard let position = try Int.fetchOne(db, sql: sql, arguments: [epoch, layout]), position <= head else {
                return false
            }
            return true
        }
        guard usable == true, let file = try? ReadModelsFile(number: number, path: path, writer: writer) else {
            try? writer.close()
            return nil
        }
        do {
            try file.set("is_open = 1")
        } catch {
            file.closeConnections()
            return nil
        }
        return file
    }

    func markComplete() throws {
        try writer.write { try $0.execute(sql: "UPDATE subscription SET is_complete = 1") }
    }

    /// Marks are on the disk before anything that follows, also when the machine loses its power; rows may wait.
    private func set(_ mark: String) throws {
        try writer.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL; UPDATE subscription SET \(mark)")
            // Moves the WAL into the file and waits for the disk, unless a reader is in the way.
            _ = try? db.checkpoint(.truncate)
            try db.execute(sql: "PRAGMA synchronous = OFF")
        }
    }

    /// Reads beside the writer, several at once; statements are not of one moment.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        guard let readers = readers.withLock({ $0 }) else {
            throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "these read models are closed")
        }
        return try readers.unsafeRead(body)
    }

    func state() throws -> (ProjectionState, [ParkedStream]) {
        try writer.read { (try ProjectionState.read($0) ?? ProjectionState(), try ParkedStream.readAll($0)) }
    }

    /// From here on the file can be trusted by the next start.
    func close() {
        readers.withLock { $0 = nil }
        // The rows first, then the word that they can be trusted.
        try? set("is_open = is_open + 1")
        try? set("is_open = 0")
        try? writer.close()
    }

    private func closeConnections() {
        readers.withLock { $0 = nil }
        try? writer.close()
    }
}
