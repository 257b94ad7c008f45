/// An event on its way into the journal: bytes with a type's name.
package struct NewEvent: Sendable {
    /// By convention it starts with the stream's category and a dot.
    package let type: String
    package let schemaVersion: Int
    /// JSON texts, stored and hashed as they are.
    package let data: [UInt8], metadata: [UInt8]

    package init(type: String, schemaVersion: Int, data: [UInt8], metadata: [UInt8]) {
        (self.type, self.schemaVersion) = (type, schemaVersion)
        (self.data, self.metadata) = (data, metadata)
    }
}

/// An event as the journal holds it.
package struct RecordedEvent: Sendable {
    /// Global, from 1, without gaps.
    package let position: Int
    package let stream: StreamID
    /// The stream's number in the journal's `streams` table.
    package let streamNumber: Int
    /// In the stream, from 0.
    package let revision: Int
    package let id: EventID
    package let type: String
    package let schemaVersion: Int
    /// As they were appended; what is sealed in the file has been opened.
    package let data: [UInt8], metadata: [UInt8]
    /// As they are in the file; nil when that is the same.
    let sealed: Stored?
    /// Microseconds since 1970 UTC; never decreasing along the positions.
    package let recordedAt: Int
    package let leafHash: Hash
}
