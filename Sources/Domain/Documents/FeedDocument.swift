/// The full state of one entity as workers receive it and readers see it: made from the entity's events, nothing else.
package protocol FeedDocument: Equatable, Sendable {
    static var kind: Category { get }

    /// When its last event was recorded, and that event's revision.
    var updatedAt: Timestamp { get }
    var revision: Int { get }

    func encode(into writer: inout JSONWriter)
}

extension FeedDocument {
    /// The bytes that travel, and that digests are made of.
    package var bytes: [UInt8] {
        var writer = JSONWriter(capacityBytes: 512)
        encode(into: &writer)
        return writer.bytes
    }
}
