import Domain
import EventStore
import GRDB

/// A read model with one row for each stream of a category: the row is the fold of the stream's events.
protocol SingleStreamProjection {
    associatedtype Event: DomainEvent
    associatedtype Document: FeedDocument

    /// The table's name, and the projection's.
    static var name: String { get }
    static var table: String { get }
    static var upsertSQL: String { get }
    static var selectSQL: String { get }
    static var deleteSQL: String { get }

    /// The row after an event; nil when there is none any more.
    static func evolve(_ document: Document?, _ event: Event, _ envelope: Envelope) throws -> Document?

    /// Binds the columns of `upsertSQL`.
    static func bind(_ document: Document, to row: inout RowBinder)

    /// Reads the table's columns, in their order.
    static func document(from row: inout RowReader) throws -> Document

    /// What `selectSQL` and `deleteSQL` want, from the stream's key.
    static func keyColumns(_ key: String) throws -> StatementArguments
}

extension SingleStreamProjection {
    /// Reads a row that begins with the table's columns.
    static func document(from row: Row) throws -> Document {
        var reader = RowReader(row)
        return try document(from: &reader)
    }
}

/// What a projection may know of an event besides its payload.
struct Envelope {
    let position: Int
    let key: String
    let revision: Int
    let id: EventID
    let recordedAt: Timestamp
    let metadata: UnsafeBufferPointer<UInt8>

    init(_ event: StoredEvent, key: String) {
        position = event.position
        self.key = key
        revision = event.revision
        id = event.id
        recordedAt = Timestamp(microseconds: event.recordedAt)
        metadata = event.metadata
    }

    var actorID: String? {
        get throws { try EventMetadata.actorID(metadata)?.storable }
    }
}

/// An event came to a row that cannot take it: the stream's history is not one that the commands would have written.
struct Inapplicable: Error, CustomStringConvertible {
    let description: String
}
