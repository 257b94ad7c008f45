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
        position: Int, id: EventID, revision: Int, recordedAt: Int, _ fixed: LeafParts
    ) -> Hash {
        entry.removeAll(keepingCapacity: true)
        entry.append(0)
        entry.append(text: "{\"position\":")
        entry.append(decimal: position)
        entry.append(text: ",\"id\":\"")
        id.append(to: &entry)
        entry.append(contentsOf: fixed.bytes[..<fixed.revisionAt])
        entry.append(decimal: revision)
        entry.append(contentsOf: fixed.bytes[fixed.revisionAt..<fixed.recordedAtAt])
        entry.append(decimal: recordedAt)
        entry.append(contentsOf: fixed.bytes[fixed.recordedAtAt...])
        return Hash(SHA256.hash(data: entry))
    }

    /// The same made of what is stored, in place: for whoever checks millions of them.
    package mutating func hash(_ row: EventRow, stream: EscapedName) -> Hash {
        entry.removeAll(keepingCapacity: true)
        entry.append(0)
        entry.append(text: "{\"position\":")
        entry.append(decimal: row.position)
        entry.append(text: ",\"id\":\"")
        row.id.append(to: &entry)
        entry.append(text: "\",\"stream\":\"")
        entry.append(contentsOf: stream.bytes)
        entry.append(text: "\",\"revision\":")
        entry.append(decimal: row.revision)
        entry.append(text: ",\"type\":\"")
        entry.append(escaped: row.type)
        entry.append(text: "\",\"schema_version\":")
        entry.append(decimal: row.schemaVersion)
        entry.append(text: ",\"recorded_at\":")
        entry.append(decimal: row.recordedAt)
        entry.append(text: ",\"data_sha256\":\"")
        Hash(of: row.data).appendHexadecimal(to: &entry)
        entry.append(text: "\",\"metadata_sha256\":\"")
        Hash(of: row.metadata).appendHexadecimal(to: &entry)
        entry.append(text: "\"}")
        return entry.withUnsafeBytes { Hash(SHA256.hash(data: $0)) }
    }

    /// Of the last entry.
    package var byteCount: Int { entry.count }

    /// The entry of the last hash, as an auditor would see it.
    package var text: String { String(decoding: entry.dropFirst(), as: UTF8.self) }
}

/// A stream's name as entries have it.
package struct EscapedName: Sendable {
    fileprivate let bytes: [UInt8]

    package init(_ name: String) {
        var bytes: [UInt8] = []
        bytes.append(escaped: name)
        self.bytes = bytes
    }
}

/// What of an entry is known before the event has its place: callers make it side by side, the one writer need not.
package struct LeafParts: Sendable {
    /// From the end of the id to the end of the entry, without the two numbers that are put in.
    fileprivate let bytes: [UInt8]
    fileprivate let revisionAt: Int, recordedAtAt: Int

    package init(stream: String, type: String, schemaVersion: Int, dataHash: Hash, metadataHash: Hash) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(320)
        bytes.append(text: "\",\"stream\":\"")
        bytes.append(escaped: stream)
        bytes.append(text: "\",\"revision\":")
        revisionAt = bytes.count
        bytes.append(text: ",\"type\":\"")
        bytes.append(escaped: type)
        bytes.append(text: "\",\"schema_version\":")
        bytes.append(decimal: schemaVersion)
        bytes.append(text: ",\"recorded_at\":")
        recordedAtAt = bytes.count
        bytes.append(text: ",\"data_sha256\":\"")
        dataHash.appendHexadecimal(to: &bytes)
        bytes.append(text: "\",\"metadata_sha256\":\"")
        metadataHash.appendHexadecimal(to: &bytes)
        bytes.append(text: "\"}")
        self.bytes = bytes
    }
}

extension [UInt8] {
    fileprivate mutating func append(text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    fileprivate mutating func append(decimal value: Int) {
        append(contentsOf: String(value).utf8)
    }

    fileprivate mutating func append(escaped text: String) {
        var text = text
        text.withUTF8 { append(escaped: $0) }
    }

    fileprivate mutating func append(escaped text: UnsafeBufferPointer<UInt8>) {
        guard text.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
            return append(contentsOf: text)
        }
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): self += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                append(text: "\\u00")
                Hexadecimal.append(byte, to: &self)
            default: append(byte)
            }
        }
    }
}

extension RecordedEvent {
    /// The leaf made again from what is stored; it differs from `leafHash` when a byte was changed.
    package func recomputedLeafHash() -> Hash { leaf().hash }

    /// What the leaf is the hash of: one line of JSON.
    package var entry: String { leaf().text }

    private func leaf() -> (hash: Hash, text: String) {
        var leaf = Leaf()
        let parts = LeafParts(
            stream: stream.description, type: type, schemaVersion: schemaVersion, dataHash: Hash(of: stored.data),
            metadataHash: Hash(of: stored.metadata))
        let hash = leaf.hash(position: position, id: id, revision: revision, recordedAt: recordedAt, parts)
        return (hash, leaf.text)
    }
}
