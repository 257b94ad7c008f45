extension FeedChange {
    /// As it travels: `{position, index, previous, kind, key, op, value, recorded_at, correlation_id}`. The value is
    /// the document's own bytes.
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("position", id.position)
            object.member("index", id.index)
            object.member("previous", previous.description)
            object.member("kind", kind.rawValue)
            object.member("key", key)
            object.member("op", value == nil ? "delete" : "put")
            object.name("value")
            if let value { object.raw(value) } else { object.null() }
            object.member("recorded_at", recordedAt.description)
            object.member("correlation_id", orNull: correlationID)
        }
    }

    package var bytes: [UInt8] {
        var writer = JSONWriter(capacityBytes: 256 + (value?.count ?? 0))
        encode(into: &writer)
        return writer.bytes
    }

    /// Reads it back; the value's bytes are kept as they are, and members that are not known are left alone.
    ///
    /// An operation that only a newer program knows is taken for what it comes with: a document, or none. If it means
    /// more, the digest does not come out, and a snapshot puts it right.
    package init(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        let object = try StoredObject(bytes)
        guard let previous = ChangeID(try object.require("previous", StoredObject.string)),
            let recordedAt = Timestamp(try object.require("recorded_at", StoredObject.string))
        else { throw StoredObject.Unreadable("previous or recorded_at cannot be read") }
        let op = try object.require("op", StoredObject.string)
        let value = op == "delete" ? nil : object.raw("value").map { Array($0) }
        guard value != nil || op != "put" else { throw StoredObject.Unreadable("value is missing") }
        self.init(
            id: ChangeID(
                position: try object.require("position", StoredObject.integer),
                index: try object.require("index", StoredObject.integer)),
            previous: previous, kind: try object.kind(), key: try object.require("key", StoredObject.string),
            value: value,
            recordedAt: recordedAt, correlationID: try object.string("correlation_id"))
    }
}
