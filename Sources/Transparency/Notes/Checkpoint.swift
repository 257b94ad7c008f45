import EventStore

/// How large a log is and what its root is, said by the log (C2SP tlog-checkpoint).
package struct Checkpoint: Equatable, Sendable {
    /// The log's name: whoever uses it for another history is found out.
    package let origin: String
    package let size: Int, root: Hash

    package init(origin: String, size: Int, root: Hash) {
        (self.origin, self.size, self.root) = (origin, size, root)
    }

    /// Reads a note's text; lines after the third are the log's own affair.
    package init(text: String) throws(NoteError) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, !lines[0].isEmpty, lines.last == "", !lines.dropLast().contains("") else {
            throw .malformed("a checkpoint has three lines: origin, size and root")
        }
        guard let size = Int(lines[1]), size >= 0, String(size) == lines[1] else {
            throw .malformed("\(lines[1]) is not a tree's size")
        }
        guard let root = Hash(base64: lines[2]) else { throw .malformed("\(lines[2]) is not a root") }
        self.init(origin: String(lines[0]), size: size, root: root)
    }

    package var text: String { "\(origin)\n\(size)\n\(root.base64)\n" }
}

extension Hash {
    package init?(base64 text: some StringProtocol) {
        guard let bytes = Base64.decode(text), let hash = bytes.withUnsafeBytes({ Hash($0) }) else { return nil }
        self = hash
    }

    package var base64: String { Base64.encode((0..<32).map { bytes[$0] }) }
}

/// A checkpoint with the signatures under it: the log's, and those of its witnesses.
package struct SignedCheckpoint: Equatable, Sendable {
    package let checkpoint: Checkpoint
    package private(set) var note: SignedNote

    package init(_ checkpoint: Checkpoint, by signer: NoteSigner) throws {
        self.checkpoint = checkpoint
        note = SignedNote(text: checkpoint.text, signatures: [try signer.sign(Array(checkpoint.text.utf8))])
    }

    /// Nothing of it is believed before `note.verified(by:)`.
    package init(_ bytes: some Collection<UInt8>) throws(NoteError) {
        note = try SignedNote(bytes)
        checkpoint = try Checkpoint(text: note.text)
    }

    package mutating func add(_ signature: NoteSignature) { note.add(signature) }
}
