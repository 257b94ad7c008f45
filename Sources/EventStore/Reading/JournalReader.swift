import Foundation
import GRDB

/// Reads the journal of a directory beside the process that writes it.
package final class JournalReader: JournalReading {
    private let readers: DatabasePool

    package init(directory: String) throws {
        let path = directory + "/" + Journal.fileName
        guard FileManager.default.fileExists(atPath: path) else { throw JournalError.missing(path: path) }
        do {
            readers = try Self.openReaders(path)
            guard try readers.unsafeRead({ db in try Schema.isPresent(in: db, path: path) }) else {
                throw JournalError.notAJournal(path: path)
            }
        } catch let error as DatabaseError {
            throw error.asJournalError(path: path)
        }
    }

    package var head: Int {
        let position = try? readers.unsafeRead { try Int.fetchOne($0, sql: "SELECT max(position) FROM events") }
        return (position ?? nil) ?? 0
    }

    package func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try readers.unsafeRead(body)
    }

    /// What the writer keeps in memory is not known here: the whole tail is looked through.
    package func tailStart(ofStream number: Int) -> Int { 1 }

    static func openReaders(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.maximumReaderCount = 8
        return try DatabasePool(path: path, configuration: configuration)
    }
}
