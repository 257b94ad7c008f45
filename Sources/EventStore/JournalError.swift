import Foundation
import GRDB
import GRDBSQLite

/// Why the journal cannot do what was asked; each says what to do.
package enum JournalError: Error, Equatable, CustomStringConvertible {
    /// The disk, or the quota, is full. Nothing of the append was written.
    case storageFull
    case storageFailed(String)
    /// More appends are waiting than the journal lets wait.
    case overloaded(waiting: Int)
    case closed
    case eventTooLarge(bytes: Int, bytesMax: Int)
    case notAJournal(path: String)
    case fromNewerVersion(path: String, version: Int)
    case locked(directory: String, holder: String)
    case exists(path: String)
    case missing(path: String)
    case noSuchPosition(Int, head: Int)

    package var description: String {
        switch self {
        case .storageFull: "the disk is full: free some space and send the command again, nothing of it was recorded"
        case .storageFailed(let reason): "the journal could not be written (\(reason)): nothing of this was recorded"
        case .overloaded(let waiting): "\(waiting) appends are waiting already: try again in a moment"
        case .closed: "the journal is closed: the server is stopping"
        case .eventTooLarge(let bytes, let bytesMax): "an event has \(bytes) bytes; at most \(bytesMax) are taken"
        case .notAJournal(let path): "\(path) is not a journal of Bot Control: name another directory with --data"
        case .fromNewerVersion(let path, let version):
            "\(path) has layout \(version), which this program does not know: update the program"
        case .locked(let directory, let holder):
            "\(directory) is in use by \(holder): stop it first, or name another directory with --data"
        case .exists(let path): "\(path) exists already: name a directory without a journal"
        case .missing(let path): "\(path) does not exist: name a directory that holds a journal"
        case .noSuchPosition(let position, let head): "there is no position \(position): the last one is \(head)"
        }
    }
}

extension Database {
    /// Lets no error of SQLite out: what it means for the journal is what callers hear.
    func tellingJournalErrors<Value>(path: String, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as DatabaseError {
            throw error.asJournalError(path: path, systemError: sqlite3_system_errno(sqliteConnection))
        }
    }
}

extension DatabaseError {
    /// - Parameter systemError: the `errno` that SQLite kept. A full disk is SQLITE_FULL only when the database or the
    ///   WAL could not grow; when its shared memory could not, or a quota is used up, it is an I/O error.
    func asJournalError(path: String, systemError: Int32 = 0) -> JournalError {
        switch resultCode {
        case .SQLITE_FULL: .storageFull
        case .SQLITE_IOERR where systemError == ENOSPC || systemError == EDQUOT: .storageFull
        case .SQLITE_CANTOPEN where systemError == ENOSPC || systemError == EDQUOT: .storageFull
        case .SQLITE_NOTADB: .notAJournal(path: path)
        default: .storageFailed("\(path): \(message ?? "SQLite error \(extendedResultCode.rawValue)")")
        }
    }
}
