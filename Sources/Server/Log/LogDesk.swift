import Domain
import EventStore
import HTTPTypes
import Synchronization
import Transparency

/// The log of all events, as far as it can be had: a key that is gone keeps it from being signed, and nothing else.
package final class LogDesk: Sendable {
    private let journal: Journal
    private let keyFile: LogKeyFile
    private let isRotating = Mutex(false)
    private let log: Mutex<Result<MerkleLog, LogUnavailable>>
    package let witnesses = WitnessBoard()

    /// - Parameter origin: the log's name when it begins.
    /// - Throws: `LogKeyError` when the name cannot be.
    init(journal: Journal, origin: String?) throws {
        self.journal = journal
        keyFile = LogKeyFile(directory: journal.directory)
        do {
            log = Mutex(.success(try Self.open(journal, keyFile, origin)))
        } catch let error as LogKeyError where error.isAboutOrigin {
            throw error
        } catch {
            log = Mutex(.failure(LogUnavailable(reason: "\(error)")))
        }
    }

    private static func open(_ journal: Journal, _ keyFile: LogKeyFile, _ origin: String?) throws -> MerkleLog {
        let signer = try keyFile.open(for: journal, epoch: journal.epoch, origin: origin)
        return try MerkleLog(journal: journal, directory: journal.directory, signer: signer)
    }

    /// - Throws: `LogUnavailable`.
    package func open() throws -> MerkleLog { try log.withLock { $0 }.get() }

    /// Why nothing is signed now; nil when all is well.
    var problem: String? {
        switch log.withLock({ $0 }) {
        case .success(let log): log.problem?.description
        case .failure(let error): error.description
        }
    }

    /// Changes the key, and records it.
    ///
    /// - Parameter isLost: the old key is gone.
    func rotate(reason: String?, isLost: Bool, _ metadata: EventMetadata) async throws {
        let begins = isRotating.withLock { isRotating in
            defer { isRotating = true }
            return !isRotating
        }
        guard begins else {
            throw APIError(.conflict, "rotation_running", "another rotation is under way: read the log again")
        }
        defer { isRotating.withLock { $0 = false } }
        try await keyFile.rotate(journal, reason: reason, isLost: isLost, metadata)
        let signer = try keyFile.open(for: journal, epoch: journal.epoch, origin: nil)
        try log.withLock { log in
            switch log {
            case .success(let log): log.take(signer)
            case .failure: log = .success(try Self.open(journal, keyFile, nil))
            }
        }
    }
}

/// The log cannot be had at all.
package struct LogUnavailable: Error, CustomStringConvertible {
    let reason: String
    package var description: String { "the log of all events is not signed: \(reason)" }
}

extension LogKeyError {
    fileprivate var isAboutOrigin: Bool {
        switch self {
        case .otherOrigin, .notAnOrigin: true
        default: false
        }
    }
}
