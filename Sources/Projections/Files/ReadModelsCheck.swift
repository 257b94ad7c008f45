import Domain
import EventStore
import Foundation
import GRDB

/// Whether the read models of a directory are what the journal makes of them; it touches neither, and may run beside
/// the server that writes both.
package enum ReadModelsCheck {
    package enum Outcome: Sendable {
        case compared(position: Int, differences: [RowDifference])
        /// Nobody relies on them: there are none, or the next start makes them again.
        case nothingToCompare
    }

    /// - Parameters:
    ///   - isServed: a server holds the directory, so that a file may be open.
    ///   - scratch: a folder for the read models that they are compared with; it is emptied.
    package static func run(
        directory: String, journal: JournalReader, isServed: Bool, scratch: String,
        progress: (Int, _ of: Int) -> Void = { _, _ in }
    ) throws -> Outcome {
        let epoch = try journal.epoch()
        for number in ReadModelsFile.numbers(in: directory) {
            let path = ReadModelsFile.path(in: directory, number: number)
            guard let live = try open(path, epoch, isServed) else { continue }
            try? FileManager.default.removeItem(atPath: scratch)
            try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: scratch) }
            return try live.writeWithoutTransaction { db in
                try db.snapshot { db in
                    let position = try ProjectionState.read(db)?.position ?? 0
                    var builder = try ReadModelsBuilder(journal: journal, epoch: epoch, directory: scratch, number: 1)
                    defer { builder.file.close() }
                    try builder.run(through: position) { progress($0, position) }
                    return .compared(
                        position: position, differences: try RowDiff.compare(live: db, with: builder.file))
                }
            }
        }
        return .nothingToCompare
    }

    /// nil when the file is not one that somebody relies on.
    private static func open(_ path: String, _ epoch: String, _ isServed: Bool) throws -> DatabaseQueue? {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        let isTrusted = try queue.read { db in
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT count(*) FROM subscription
                    WHERE epoch = ? AND layout = ? AND is_complete = 1 AND (is_open = 0 OR ?)
                    """, arguments: [epoch, ReadModelsFile.layout, isServed])
        }
        return isTrusted == true ? queue : nil
    }
}
