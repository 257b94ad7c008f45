import Crypto

/// The canonical envelope of one event and its hash in the tree (RFC 6962, section 2.1).
///
/// The entry is one line of JSON with the members in this order: `position`, `id`, `stream`, `revision`, `type`,
/// `schema_version`, `recorded_at` (microseconds), `data_sha256`, `metadata_sha256`. The last two are over the stored
/// bytes, which are never re-encoded: whoever holds the row can make the entry again. In names, quotes, backslashes and
/// control characters are escaped (`\"`, `\\`, `\u00xx`), so that no two rows have the same entry.
package struct Leaf: Sendable {
    private var storage: [UInt8] = []
    /// Of the last entry.
    package private(set) var byteCount = 0
    /// Of the last event's data and metadata; when it was made of a row.
    package private(set) var payloadByteCount = 0

    package init() {}

    /// `SHA-256(0x00 ‖ entry)`. The storage of the entry is used again for the next one.
    package mutating func hash(
        position: Int, id: EventID, revision: Int, recordedAt: Int, _ fixed: LeafParts
    ) -> Hash {
        hash(bytesMax: Self.fixedMax + fixed.bytes.count) { entry in
            fixed.bytes.withUnsafeBufferPointer { bytes in
                entry.append("{\"position\":")
                entry.append(decimal: position)
                entry.append(",\"id\":\"")
                entry.append(id)
                entry.append(UnsafeBufferPointer(rebasing: bytes[..<fixed.revisionAt]))
                entry.append(decimal: revision)
                entry.append(UnsafeBufferPointer(rebasing: bytes[fixed.revisionAt..<fixed.recordedAtAt]))
                entry.append(decimal: recordedAt)
                entry.append(UnsafeBufferPointer(rebasing: bytes[fixed.recordedAtAt...]))
            }
        }
    }

    /// The same made of what is stored, in place: for whoever checks millions of them.
    package mutating func hash(_ row: EventRow, stream: EscapedName) -> Hash {
        let type = row.type, data = row.data, metadata = row.metadata
        payloadByteCount = data.count + metadata.count
        return hash(bytesMax: Self.fixedMax + stream.bytes.count + TextCursor.escapeMax * type.count) { entry in
            entry.append("{\"position\":")
            entry.append(decimal: row.position)
            entry.append(",\"id\":\"")
            entry.append(row.id)
            entry.append("\",\"stream\":\"")
            stream.bytes.withUnsafeBufferPointer { entry.append($0) }
            entry.append("\",\"revision\":")
            entry.append(decimal: row.revision)
            entry.append(",\"type\":\"")
            entry.append(escaped: type)
            entry.append("\",\"schema_version\":")
            entry.append(decimal: row.schemaVersion)
            entry.append(",\"recorded_at\":")
            entry.append(decimal: row.recordedAt)
            entry.append(",\"data_sha256\":\"")
            entry.append(hexadecimal: Hash(of: data))
            entry.append("\",\"metadata_sha256\":\"")
            entry.append(hexadecimal: Hash(of: metadata))
            entry.append("\"}")
        }
    }

    /// More than all of an entry but its stream and its type.
    fileprivate static let fixedMax = 512

    private mutating func hash(bytesMax: Int, _ write: (inout TextCursor) -> Void) -> Hash {
        if storage.count < bytesMax { storage = [UInt8](repeating: 0, count: bytesMax) }
        let (hash, count) = storage.withUnsafeMutableBufferPointer { storage in
            // An array that is not empty has an address.
            var entry = TextCursor(storage.baseAddress!)
            entry.append(0)
            write(&entry)
            return (Hash(of: UnsafeBufferPointer(rebasing: storage[..<entry.count])), entry.count)
        }
        byteCount = count
        return hash
    }

    /// The entry of the last hash, as an auditor would see it.
    package var text: String { String(decoding: storage[1..<max(1, byteCount)], as: UTF8.self) }
}

/// A stream's name as entries have it.
package struct EscapedName: Sendable {
    fileprivate let bytes: [UInt8]

    package init(_ name: String) {
        bytes = TextCursor.bytes(max: TextCursor.escapeMax * name.utf8.count) { $0.append(escaped: name) }
    }
}

/// What of an entry is known before the event has its place: callers make it side by side, the one writer need not.
package struct LeafParts: Sendable {
    /// From the end of the id to the end of the entry, without the two numbers that are put in.
    fileprivate let bytes: [UInt8]
    fileprivate let revisionAt: Int, recordedAtAt: Int

    package init(stream: String, type: String, schemaVersion: Int, dataHash: Hash, metadataHash: Hash) {
        var revisionAt = 0, recordedAtAt = 0
        let most = Leaf.fixedMax + TextCursor.escapeMax * (stream.utf8.count + type.utf8.count)
        bytes = TextCursor.bytes(max: most) { text in
            text.append("\",\"stream\":\"")
            text.append(escaped: stream)
            text.append("\",\"revision\":")
            revisionAt = text.count
            text.append(",\"type\":\"")
            text.append(escaped: type)
            text.append("\",\"schema_version\":")
            text.append(decimal: schemaVersion)
            text.append(",\"recorded_at\":")
            recordedAtAt = text.count
            text.append(",\"data_sha256\":\"")
            text.append(hexadecimal: dataHash)
            text.append("\",\"metadata_sha256\":\"")
            text.append(hexadecimal: metadataHash)
            text.append("\"}")
        }
        (self.revisionAt, self.recordedAtAt) = (revisionAt, recordedAtAt)
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
