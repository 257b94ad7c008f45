extension FeedChange {
    /// The names of a stream entry's fields, always all of them and in this order: Redis stores names that repeat only
    /// once. The entry's id is the change's. What is absent is empty: no document and no id is.
    package static let fieldNames = ["previous", "kind", "key", "op", "value", "recorded_at", "correlation_id"]

    /// The values of `fieldNames`.
    package var fields: [[UInt8]] {
        [
            Array(previous.description.utf8), Array(kind.rawValue.utf8), Array(key.utf8),
            Array((value == nil ? "delete" : "put").utf8), value ?? [], Array(recordedAt.description.utf8),
            Array((correlationID ?? "").utf8),
        ]
    }

    /// - Parameter fields: names and values in turn, in any order.
    package init(id: String, fields: [[UInt8]]) throws {
        func field(_ name: String) throws -> [UInt8] {
            for index in stride(from: 0, to: fields.count - 1, by: 2) where fields[index].elementsEqual(name.utf8) {
                return fields[index + 1]
            }
            throw StoredObject.Unreadable("the feed's entry \(id) has no \(name)")
        }
        func text(_ name: String) throws -> String { String(decoding: try field(name), as: UTF8.self) }
        guard let id = ChangeID(id), let previous = ChangeID(try text("previous")),
            let kind = DocumentKind(rawValue: try text("kind")), let recordedAt = Timestamp(try text("recorded_at"))
        else { throw StoredObject.Unreadable("the feed's entry \(id) cannot be read") }
        let correlation = try text("correlation_id"), document = try field("value")
        // As in JSON: what is neither put nor delete is taken for what it comes with.
        let isDeleted = try text("op") == "delete" || (text("op") != "put" && document.isEmpty)
        self.init(
            id: id, previous: previous, kind: kind, key: try text("key"),
            value: isDeleted ? nil : document, recordedAt: recordedAt,
            correlationID: correlation.isEmpty ? nil : correlation)
    }
}

/// A document as a state hash of Redis holds it: `<change id> <the document's bytes>`. The id is of the change that
/// wrote it, or of the snapshot that it came with.
package enum StoredDocument {
    package static func bytes(_ value: [UInt8], at id: ChangeID) -> [UInt8] {
        Array("\(id) ".utf8) + value
    }

    package static func value(of bytes: [UInt8]) -> [UInt8]? {
        bytes.firstIndex(of: UInt8(ascii: " ")).map { Array(bytes[($0 + 1)...]) }
    }
}
