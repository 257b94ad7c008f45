import Crypto

/// The canonical envelope of one event and its hash in the tree (RFC 6962, section 2.1).
///
/// The entry is one line of JSON with the members in this order: `position`, `id`, `stream`, `revision`, `type`,
/// `schema_version`, `recorded_at` (microseconds), `data_sha256`, `metadata_sha256`. The last two are over the stored
/// bytes, which are never re-encoded: whoever holds the row can make the entry again. In names, quotes, backslashes and
/// control characters are escaped (`\"`, `\\`, `\u00xx`), so that no two rows have the same entry.
package struct Leaf: Sendable {
    private var entry: [UInt8] = []

    package init() {
        entry.reserveCapacity(512)
    }

    /// `SHA-256(0x00 ‖ entry)`. The storage of the entry is used again for the next one.
    package mutating func hash(
        position: Int, id: EventID, stream: String, revision: Int, type: String, schemaVersion: Int, recordedAt: Int,
        dataHash: Hash, metadataHash: Hash
    ) -> Hash {
        entry.removeAll(keepingCapacity: true)
        entry.append(0)
        append("{\"position\":")
        append(String(position))
        append(",\"id\":\"")
        append(id.description)
        append("\",\"stream\":\"")
        append(escaped: stream)
        append("\",\"revision\":")
        append(String(revision))
        append(",\"type\":\"")
        append(escaped: type)
        append("\",\"schema_version\":")
        append(String(schemaVersion))
        append(",\"recorded_at\":")
        append(String(recordedAt))
        append(",\"data_sha256\":\"")
        dataHash.appendHexadecimal(to: &entry)
        append("\",\"metadata_sha256\":\"")
        metadataHash.appendHexadecimal(to: &entry)
        append("\"}")
        return Hash(SHA256.hash(data: entry))
    }

    /// The entry of the last hash, as an auditor would see it.
    package var text: String { String(decoding: entry.dropFirst(), as: UTF8.self) }

    private mutating func append(_ text: String) {
        entry.append(contentsOf: text.utf8)
    }

    private mutating func append(escaped text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): entry += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                append("\\u00")
                Hexadecimal.append(byte, to: &entry)
            default: entry.append(byte)
            }
        }
    }
}

extension RecordedEvent {
    /// The leaf made again from what is stored; it differs from `leafHash` when a byte was changed.
    package func recomputedLeafHash() -> Hash {
        var leaf = Leaf()
        return leaf.hash(
            position: position, id: id, stream: stream.description, revision: revision, type: type,
            schemaVersion: schemaVersion, recordedAt: recordedAt, dataHash: Hash(of: data),
            metadataHash: Hash(of: metadata))
    }
}
