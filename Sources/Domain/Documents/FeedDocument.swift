/// The full state of one entity as workers receive it and readers see it: made from the entity's events, nothing else.
package protocol FeedDocument: Equatable, Sendable {
    static var kind: Category { get }

    /// When its last event was recorded, and that event's revision.
    var updatedAt: Timestamp { get }
    var revision: Int { get }

    func encode(into writer: inout JSONWriter)

    /// Reads what was encoded; members that it does not know are left alone, for a newer program may have sent them.
    ///
    /// - Throws: `StoredObject.Unreadable`.
    init(decoding object: StoredObject) throws
}

extension FeedDocument {
    /// The bytes that travel, and that digests are made of.
    package var bytes: [UInt8] {
        var writer = JSONWriter(capacityBytes: 512)
        encode(into: &writer)
        return writer.bytes
    }
}

extension StoredObject {
    func choice<Value: RawRepresentable<String>>(_ name: StaticString) throws -> Value {
        let text = try require(name, StoredObject.string)
        guard let value = Value(rawValue: text) else { throw Unreadable("\(name) cannot be \(text)") }
        return value
    }

    func moment(_ name: StaticString) throws -> Timestamp {
        guard let moment = try momentIfPresent(name) else { throw Unreadable("\(name) is missing") }
        return moment
    }

    func momentIfPresent(_ name: StaticString) throws -> Timestamp? {
        guard let text = try string(name) else { return nil }
        guard let moment = Timestamp(text) else { throw Unreadable("\(name) is no moment: \(text)") }
        return moment
    }
}
