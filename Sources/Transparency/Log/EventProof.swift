import Domain
import EventStore
import Foundation

/// Everything that it takes to believe one event without the journal: the event as it is stored, the entry that stands
/// for it in the tree, the way from there to the root, and the checkpoint that somebody has signed.
package struct EventProof: Equatable, Sendable {
    package let position: Int
    /// The stored texts, byte for byte; nil when only the entry is known.
    package let data: String?, metadata: String?
    /// One line of JSON: what the leaf is the hash of.
    package let entry: String
    package let path: [Hash]
    /// With the signatures of the log and of its witnesses.
    package let checkpoint: SignedCheckpoint

    package init(_ event: RecordedEvent, path: [Hash], checkpoint: SignedCheckpoint) {
        position = event.position
        data = String(decoding: event.stored.data, as: UTF8.self)
        metadata = String(decoding: event.stored.metadata, as: UTF8.self)
        entry = event.entry
        (self.path, self.checkpoint) = (path, checkpoint)
    }

    package var leaf: Hash { .leaf(entry.utf8) }

    // MARK: as JSON

    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("position", position)
            object.member("entry", entry)
            object.member("data", orNull: data)
            object.member("metadata", orNull: metadata)
            object.member("leaf_hash", leaf.base64)
            object.member("size", checkpoint.checkpoint.size)
            object.member("root", checkpoint.checkpoint.root.base64)
            object.name("path")
            object.array { array in for hash in path { array.string(hash.base64) } }
            object.member("checkpoint", checkpoint.note.description)
            object.member("tlog_proof", text)
        }
    }

    /// In the form of C2SP tlog-proof, for other people's tools; the entry is its extra data.
    package var text: String {
        "\(Self.textHead)\nextra \(Base64.encode(Array(entry.utf8)))\nindex \(position - 1)\n"
            + path.map { $0.base64 + "\n" }.joined() + "\n" + checkpoint.note.description
    }

    private static let textHead = "c2sp.org/tlog-proof@v1"
    /// Of a file: an event has up to 2 MiB, and JSON may write each byte as six.
    package static let bytesMax = 16 * 1024 * 1024

    // MARK: read again

    /// Reads either form. Nothing of it is believed before `check`.
    ///
    /// - Throws: `NoteError`, `JSONParser.SyntaxError`.
    package init(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        if text.hasPrefix(Self.textHead) {
            try self.init(text: text)
        } else {
            let json = try JSONParser.parse(text)
            try self.init(json: json["data"]?["checkpoint"] == nil ? json : json["data"] ?? json)
        }
    }

    private init(json: JSON) throws {
        guard let position = json["position"]?.integer, position > 0, let entry = json["entry"]?.string,
            let path = json["path"]?.array, let note = json["checkpoint"]?.string
        else { throw NoteError.malformed("a proof has position, entry, path and checkpoint") }
        (self.position, self.entry) = (position, entry)
        (data, metadata) = (json["data"]?.string, json["metadata"]?.string)
        self.path = try path.map { try Self.hash($0.string ?? "") }
        checkpoint = try SignedCheckpoint(Array(note.utf8))
    }

    private init(text: String) throws {
        guard let gap = text.range(of: "\n\n") else { throw NoteError.malformed("the proof holds no checkpoint") }
        var lines = text[..<gap.lowerBound].split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
        guard let extra = lines.popFirst(), extra.hasPrefix("extra "), let bytes = Base64.decode(extra.dropFirst(6)),
            let index = lines.popFirst(), index.hasPrefix("index "), let number = Int(index.dropFirst(6)), number >= 0,
            number < .max
        else { throw NoteError.malformed("the proof names no entry, or no index") }
        (position, entry) = (number + 1, String(decoding: bytes, as: UTF8.self))
        (data, metadata) = (nil, nil)
        path = try lines.map { try Self.hash(String($0)) }
        checkpoint = try SignedCheckpoint(Array(text[gap.upperBound...].utf8))
    }

    private static func hash(_ text: String) throws -> Hash {
        guard let hash = Hash(base64: text) else { throw NoteError.malformed("\(text.prefix(80)) is not a hash") }
        return hash
    }
}

extension EventProof {
    /// What of a proof does not hold.
    package enum Flaw: Error, Equatable, CustomStringConvertible {
        case dataChanged, metadataChanged, otherPosition(Int?), notInTree
        case note(NoteError)

        package var description: String {
            switch self {
            case .dataChanged: "the event's data are not those that were recorded"
            case .metadataChanged: "the event's metadata are not those that were recorded"
            case .otherPosition(let position):
                "the entry is that of \(position.map { "position \($0)" } ?? "no position")"
            case .notInTree: "the way from the entry does not lead to the checkpoint's root"
            case .note(let error): error.description
            }
        }
    }

    /// Checks all of it, from the stored bytes to the signature.
    ///
    /// - Returns: the keys that have signed the checkpoint.
    /// - Throws: `Flaw`.
    @discardableResult
    package func check(keys: [NoteKey]) throws(Flaw) -> [NoteKey] {
        let fields = try? JSONParser.parse(entry)
        guard fields?["position"]?.integer == position else { throw .otherPosition(fields?["position"]?.integer) }
        if let data, fields?["data_sha256"]?.string != Hash(of: Array(data.utf8)).description { throw .dataChanged }
        if let metadata, fields?["metadata_sha256"]?.string != Hash(of: Array(metadata.utf8)).description {
            throw .metadataChanged
        }
        let stated = checkpoint.checkpoint
        guard ProofCheck.root(of: leaf, at: position - 1, size: stated.size, path: path) == stated.root else {
            throw .notInTree
        }
        do throws(NoteError) { return try checkpoint.note.verified(by: keys) } catch { throw .note(error) }
    }
}
