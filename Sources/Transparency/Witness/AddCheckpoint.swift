import EventStore
import Foundation

/// What a log sends to its witness (C2SP tlog-witness, `add-checkpoint`): the checkpoint, and the proof that it goes on
/// from what the witness has signed last.
package struct AddCheckpoint: Equatable, Sendable {
    package static let bytesMax = 64 * 1024
    static let hashesMax = 63

    /// The size that the witness has signed last; 0: none.
    package let old: Int
    package let path: [Hash]
    package let checkpoint: SignedCheckpoint

    package init(old: Int, path: [Hash], checkpoint: SignedCheckpoint) {
        (self.old, self.path, self.checkpoint) = (old, path, checkpoint)
    }

    package init(_ bytes: [UInt8]) throws(NoteError) {
        guard let text = String(validating: bytes, as: UTF8.self), let gap = text.range(of: "\n\n") else {
            throw .malformed("there is no checkpoint behind an empty line")
        }
        let lines = text[..<gap.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, first.hasPrefix("old "), let old = Int(first.dropFirst(4)), old >= 0,
            String(old) == first.dropFirst(4)
        else { throw .malformed("the first line must be old and a size") }
        guard lines.count <= Self.hashesMax + 1 else { throw .malformed("a proof has at most 63 lines") }
        var path: [Hash] = []
        for line in lines.dropFirst() {
            guard let hash = Hash(base64: line) else { throw .malformed("\(line.prefix(80)) is not a hash") }
            path.append(hash)
        }
        self.init(old: old, path: path, checkpoint: try SignedCheckpoint(Array(text[gap.upperBound...].utf8)))
    }

    package var bytes: [UInt8] {
        Array(("old \(old)\n" + path.map { $0.base64 + "\n" }.joined() + "\n").utf8) + checkpoint.note.bytes
    }
}
