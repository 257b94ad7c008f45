import Domain
import EventStore
import GRDB

/// The read models as they were right after one position. What is asked for is made when it is asked for: of one
/// account only its streams, of one document only its stream.
package struct PastReadModels: ReadModelsReading {
    package let position: Int
    let view: PastView
    let journal: any JournalReading
    let streams: @Sendable () throws -> StreamDirectory

    package func read<Value>(_ scope: ReadScope, _ body: (Database) throws -> Value) throws -> Value {
        switch scope {
        case .everything: try view.carry(to: position, journal, streams())
        case .account(let account):
            try view.carry(journal.streams(ofAccount: account.rawValue), to: position, journal)
        }
        return try view.read(body)
    }

    package func readSnapshot<Value>(_ scope: ReadScope, _ body: (Database) throws -> Value) throws -> Value {
        // It is of one moment anyway.
        try read(scope, body)
    }

    package func document<Document: FeedDocument>(
        _ entity: EntityID, find: (Database) throws -> Document?
    ) throws -> Document? {
        try view.carry([StreamID(category: entity.category.rawValue, key: entity.key)], to: position, journal)
        return try view.read(find)
    }

    /// The digest of all documents.
    package func digest() throws -> String {
        try read(.everything) { try ProjectionState.read($0)?.digest.description ?? "" }
    }
}
