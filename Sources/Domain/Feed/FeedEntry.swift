/// One document of a snapshot, as it travels: its bytes are kept, for digests are made of them.
package struct FeedEntry: Equatable, Sendable {
    package let kind: DocumentKind
    package let key: String
    package let value: [UInt8]

    package init(kind: DocumentKind, key: String, value: [UInt8]) {
        (self.kind, self.key, self.value) = (kind, key, value)
    }
}

extension FeedEntry {
    /// `{kind, key, value}`
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("kind", kind.rawValue)
            object.member("key", key)
            object.name("value")
            object.raw(value)
        }
    }

    package init(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        let object = try StoredObject(bytes)
        guard let raw = object.raw("value") else { throw StoredObject.Unreadable("value is missing") }
        self.init(kind: try object.kind(), key: try object.require("key", StoredObject.string), value: Array(raw))
    }
}
