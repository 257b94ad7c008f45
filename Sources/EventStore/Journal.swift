import Foundation
import GRDB
import Synchronization

/// The append-only record of everything that was switched: streams of events in one SQLite file.
///
///     let journal = try Journal.open(directory: "data")
///     try await journal.append([event], to: stream, expected: .exactly(4))
///
/// It knows bytes with type names, nothing of what they mean. One process holds it open for writing.
package final class Journal: JournalReading {
    package static let fileName = "journal.sqlite"
    /// An event's data or metadata, in bytes.
    package static let eventBytesMax = 1 << 20

    package let directory: String
    /// The identity of this line of history; restoring a backup starts a new one.
    package let epoch: String
    package let sealing: (any EventSealing)?
    private let writer: JournalWriter
    /// nil once the journal is closed. Who reads holds on to the pool: its files are closed after the last of them.
    private let readers: Mutex<DatabasePool?>
    private let isClosed = Mutex(false)

    package struct Options: Sendable {
        /// Microseconds since 1970 UTC.
        package var now: @Sendable () -> Int
        /// Bounds the file, in pages of 4 KiB: nil for as much as the disk holds.
        package var pagesMax: Int?
        /// What hides personal text in the file; nil to store everything as it is given.
        package var sealing: (any EventSealing)?

        package init(
            now: @escaping @Sendable () -> Int = { Int(Date().timeIntervalSince1970 * 1_000_000) },
            pagesMax: Int? = nil, sealing: (any EventSealing)? = nil
        ) {
            (self.now, self.pagesMax, self.sealing) = (now, pagesMax, sealing)
        }
    }

    /// Opens the journal of a directory, or begins one. Hold the directory's lock before you call it.
    package static func open(directory: String, options: Options = Options()) throws -> Journal {
        try Journal(directory: directory, options: options)
    }

    private init(directory: String, options: Options) throws {
        self.directory = directory
        sealing = options.sealing
        let path = directory + "/" + Self.fileName
        do {
            let connection = try JournalConnection(path: path, pagesMax: options.pagesMax)
            epoch = try connection.epoch()
            let readers = try JournalReader.openReaders(path, options.sealing)
            writer = try JournalWriter(connection: connection, now: options.now)
            self.readers = Mutex(readers)
        } catch let error as DatabaseError {
            throw error.asJournalError(path: path)
        }
        writer.start()
    }

    /// The last position; 0 for an empty journal.
    package var head: Int { writer.doorbell.position }

    /// Rings after every commit.
    package var doorbell: Doorbell { writer.doorbell }

    /// Appends events to one stream, all or none.
    ///
    /// Returns once they are on disk and the observer, if there is one, has acknowledged them.
    /// - Parameter idempotency: kept in the same transaction; also when there are no events.
    /// - Throws: `WrongExpectedRevision`, `IdempotencyKeyTaken`, `JournalError`; nothing was written then.
    package func append(
        _ events: [NewEvent], to stream: StreamID, expected: ExpectedRevision, idempotency: IdempotencyRecord? = nil
    ) async throws -> AppendResult {
        let name = stream.description
        var prepared: [PreparedEvent] = []
        for event in events {
            let stored = try await sealing?.seal(event, in: stream)
            prepared.append(PreparedEvent(event, sealed: stored, stream: name))
        }
        for event in prepared {
            let size = max(event.stored.data.count, event.stored.metadata.count)
            guard size <= Self.eventBytesMax else {
                throw JournalError.eventTooLarge(bytes: size, bytesMax: Self.eventBytesMax)
            }
        }
        return try await withUnsafeThrowingContinuation { continuation in
            let pending = PendingAppend(
                stream: stream, name: name, expected: expected, events: prepared, idempotency: idempotency,
                continuation: continuation)
            if let refusal = writer.queue.enqueue(pending) { continuation.resume(throwing: refusal) }
        }
    }

    /// From here on every committed batch goes to the observer first, which then answers the callers.
    package func observe(with observer: any CommitObserver) {
        writer.observe(observer)
    }

    /// The row of an answer that was given for this key within the last 24 hours.
    package func answer(for key: Hash) throws -> RecordedAnswer? {
        guard let number = writer.keys.number(of: key, now: writer.now()) else { return nil }
        return try read { db in
            guard
                let row = try Row.fetchOne(
                    db, sql: "SELECT fingerprint, status, meta FROM idempotency WHERE number = ?", arguments: [number])
            else { return nil }
            let fingerprint: Data = row[0]
            let meta: String = row[2]
            return fingerprint.withUnsafeBytes { Hash($0) }.map {
                RecordedAnswer(fingerprint: $0, status: row[1], meta: Array(meta.utf8))
            }
        }
    }

    /// Reads beside the writer, several at once. Not one transaction: committed events never change.
    ///
    /// - Throws: `JournalError.closed` after `close`.
    package func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        guard let readers = readers.withLock({ $0 }) else { throw JournalError.closed }
        return try readers.unsafeRead(body)
    }

    package func tailStart(ofStream number: Int) -> Int { writer.unindexed.run(of: number)?.first ?? .max }

    /// Writes what waits, ends the subscriptions, writes the WAL back and closes the file. Appends and reads from here
    /// on are refused. Whoever calls it while it is under way waits, too.
    package func close() {
        isClosed.withLock { isClosed in
            guard !isClosed else { return }
            writer.finish()
            readers.withLock { $0 = nil }
            writer.close()
            isClosed = true
        }
    }
}

extension Journal {
    /// The statements that make the tables, for whoever wants to know them without a file.
    package static let schema = Schema.statements
}
