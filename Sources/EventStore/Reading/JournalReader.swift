import Foundation
import GRDB

/// Reads the journal of a directory beside the process that writes it.
package final class JournalReader: JournalReading {
    private let path: String
    package let sealing: (any EventSealing)?
    private let readers: DatabasePool

    package convenience init(directory: String, sealing: (any EventSealing)? = nil) throws {
        try self.init(path: directory + "/" + Journal.fileName, sealing: sealing)
    }

    /// - Parameter path: a journal's file, under whatever name, as a backup has it.
    package init(path: String, sealing: (any EventSealing)? = nil) throws {
        (self.path, self.sealing) = (path, sealing)
        guard FileManager.default.fileExists(atPath: path) else { throw JournalError.missing(path: path) }
        do {
            readers = try Self.openReaders(path, sealing)
            guard try readers.unsafeRead({ db in try Schema.isPresent(in: db, path: path) }) else {
                throw JournalError.notAJournal(path: path)
            }
        } catch let error as DatabaseError {
            throw error.asJournalError(path: path)
        }
    }

    package func epoch() throws -> String {
        try read { db in try String.fetchOne(db, sql: "SELECT epoch FROM journal") ?? "" }
    }

    package var head: Int {
        let position = try? readers.unsafeRead { try Int.fetchOne($0, sql: "SELECT max(position) FROM events") }
        return (position ?? nil) ?? 0
    }

    package func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do { return try readers.unsafeRead(body) } catch let error as DatabaseError {
            throw error.asJournalError(path: path)
        }
    }

    /// What the writer keeps in memory is not known here: the whole tail is looked through.
    package func tailStart(ofStream number: Int) -> Int { 1 }

    static func openReaders(_ path: String, _ sealing: (any EventSealing)?) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.prepareDatabase { db in db.add(function: SealedText.function(sealing)) }
        configuration.readonly = true
        configuration.maximumReaderCount = 32
        return try DatabasePool(path: path, configuration: configuration)
    }
}
