import Domain
import EventStore
import Foundation

/// Where the log's private key lives: a file of its own beside the journal, which nobody else may read.
///
/// Its public half stands in `log.pub`, for auditors, and so that a lost key is not taken for a first start. A rotation
/// writes the next key beside it, records the new public key in the journal, and renames. Whoever finds both files asks
/// the journal which of the two moments a crash has hit.
package struct LogKeyFile: Sendable {
    package static let fileName = "log.key"
    static let nextName = "log.key.next"
    package static let publicName = "log.pub"
    package static let stream = StreamID(category: LogKey.category, key: LogKey.key)

    private let directory: String

    package init(directory: String) {
        self.directory = directory
    }

    private var current: SecretFile { SecretFile(path: directory + "/" + Self.fileName) }
    private var next: SecretFile { SecretFile(path: directory + "/" + Self.nextName) }

    /// The key, without making one.
    ///
    /// - Throws: `LogKeyError`, `SecretFile.Unusable`.
    package func read() throws -> NoteSigner? { try Self.read(current) }

    /// The key that signs now; the first start makes one.
    ///
    /// - Parameter origin: the log's name when it begins; nil: one that nobody else has.
    package func open(for journal: some JournalReading, epoch: String, origin: String?) throws -> NoteSigner {
        try finishRotation(journal)
        let known = try LogKeyHistory(journal).keys.last ?? publicKey
        guard let signer = try Self.read(current) else {
            if let known { throw LogKeyError.lost(path: current.path, key: known.description) }
            return try begin(origin: origin ?? "bot-control/\(epoch)")
        }
        if let origin, origin != signer.key.name {
            throw LogKeyError.otherOrigin(asked: origin, found: signer.key.name)
        }
        if let known, known != signer.key {
            throw LogKeyError.notTheLast(path: current.path, found: signer.key.description, wanted: known.description)
        }
        if publicKey != signer.key { try show(signer.key) }
        return signer
    }

    private func begin(origin: String) throws -> NoteSigner {
        guard NoteKey.isName(origin) else { throw LogKeyError.notAnOrigin(origin) }
        _ = try current.create(NoteSigner(name: origin, kind: .ed25519).storedText + "\n")
        guard let signer = try read() else { throw LogKeyError.malformed(path: current.path) }
        try show(signer.key)
        return signer
    }

    /// nil when it is not written down.
    private var publicKey: NoteKey? {
        let path = directory + "/" + Self.publicName
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return try? NoteKey(text.trimmingCharacters(in: .newlines))
    }

    private func show(_ key: NoteKey) throws {
        try Data("\(key)\n".utf8).write(to: URL(filePath: directory + "/" + Self.publicName), options: .atomic)
    }

    /// Makes the key that is to sign next, and what is to be recorded of it.
    ///
    /// - Parameter isLost: the old key is gone, so that it cannot vouch for the new one.
    package func prepareRotation(
        _ journal: some JournalReading, reason: String?, isLost: Bool
    ) throws -> (signer: NoteSigner, event: LogKey.Event) {
        try finishRotation(journal)
        let signer = try isLost ? nil : read()
        let known = try LogKeyHistory(journal).keys.last ?? publicKey
        guard let previous = signer?.key ?? known else { throw LogKeyError.nothingToRotate(path: current.path) }
        guard isLost || signer != nil else {
            throw LogKeyError.lost(path: current.path, key: previous.description)
        }
        let fresh = NoteSigner(name: previous.name, kind: .ed25519)
        let text = "\(previous.name)\nkey \(fresh.key)\n"
        let handover = try signer.map { SignedNote(text: text, signatures: [try $0.sign(Array(text.utf8))]) }
        try next.remove()
        _ = try next.create(fresh.storedText + "\n")
        let event = LogKey.Event.rotated(
            previous: previous.description, key: fresh.key.description, handover: handover?.description, reason: reason)
        return (fresh, event)
    }

    /// Changes the key and records it, all or nothing.
    package func rotate(
        _ journal: Journal, reason: String?, isLost: Bool, _ metadata: EventMetadata
    ) async throws {
        let (_, event) = try prepareRotation(journal, reason: reason, isLost: isLost)
        let last = try journal.readStream(Self.stream, direction: .backwards, limit: 1).first
        let new = NewEvent(
            type: event.name.rawValue, schemaVersion: Upcasters.currentVersion, data: event.data,
            metadata: metadata.bytes)
        _ = try await journal.append(
            [new], to: Self.stream, expected: last.map { .exactly($0.revision) } ?? .noStream)
        try finishRotation(journal)
    }

    /// Puts the next key in its place if the journal names it, and takes it away if not.
    package func finishRotation(_ journal: some JournalReading) throws {
        guard let waiting = try Self.read(next) else { return }
        if try LogKeyHistory(journal).keys.last == waiting.key {
            try next.take(name: current.path)
        } else {
            try next.remove()
        }
    }

    private static func read(_ file: SecretFile) throws -> NoteSigner? {
        guard let bytes = try file.read() else { return nil }
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
        guard let signer = NoteSigner(storedText: text), signer.key.kind == .ed25519 else {
            throw LogKeyError.malformed(path: file.path)
        }
        return signer
    }
}

/// Which keys the log has signed with, as far as the journal tells: none while there was no rotation.
package struct LogKeyHistory: Sendable {
    package struct Rotation: Sendable {
        package let position: Int, previous: NoteKey, key: NoteKey, handover: String?
    }

    package let rotations: [Rotation]

    package init(_ journal: some JournalReading) throws {
        rotations = try journal.readStream(LogKeyFile.stream).map { event in
            let decoded = try event.data.withUnsafeBufferPointer {
                try LogKey.Event(type: event.type, schemaVersion: event.schemaVersion, data: $0)
            }
            guard case .rotated(let previous, let key, let handover, _) = decoded else {
                throw NoteError.malformed("position \(event.position) is no rotation")
            }
            return Rotation(
                position: event.position, previous: try NoteKey(previous), key: try NoteKey(key), handover: handover)
        }
    }

    /// Oldest first.
    package var keys: [NoteKey] {
        guard let first = rotations.first else { return [] }
        return [first.previous] + rotations.map(\.key)
    }
}

/// Why the log has no key to sign with; each says what to do.
package enum LogKeyError: Error, Equatable, CustomStringConvertible {
    case malformed(path: String)
    case lost(path: String, key: String)
    case notTheLast(path: String, found: String, wanted: String)
    case notAnOrigin(String)
    case otherOrigin(asked: String, found: String)
    case nothingToRotate(path: String)

    package var description: String {
        switch self {
        case .malformed(let path):
            "\(path) does not hold a key: restore it from a copy, or run botcontrol audit rotate-key --lost"
        case .lost(let path, let key):
            "\(path) is gone, and with it \(key): restore it from a copy, or run botcontrol audit rotate-key --lost"
        case .notTheLast(let path, let found, let wanted):
            "\(path) holds \(found), and the journal says that \(wanted) signs: restore that one, "
                + "or run botcontrol audit rotate-key --lost"
        case .notAnOrigin(let text):
            "\(text) cannot be a log's name: use something like audit.example.com/bot-control, without spaces and plus"
        case .otherOrigin(let asked, let found):
            "this log is called \(found), for ever, and not \(asked): leave --log-origin away"
        case .nothingToRotate(let path): "\(path) does not exist: the first start of botcontrol serve makes a key"
        }
    }
}
