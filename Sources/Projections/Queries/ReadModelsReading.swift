import Domain
import EventStore
import GRDB

/// What a read looks at. Of the past only that is made.
package enum ReadScope: Hashable, Sendable {
    case everything
    /// Rows of this account alone.
    case account(AccountID)

    init(_ account: AccountID?) {
        self = account.map { .account($0) } ?? .everything
    }
}

/// The read models as they are, or as they were at some position: the same questions, the same statements.
package protocol ReadModelsReading {
    /// Runs one statement.
    func read<Value>(_ scope: ReadScope, _ body: (Database) throws -> Value) throws -> Value

    /// Runs several statements that speak of one moment.
    func readSnapshot<Value>(_ scope: ReadScope, _ body: (Database) throws -> Value) throws -> Value

    /// One document.
    ///
    /// - Parameter find: looks it up in its table.
    func document<Document: FeedDocument>(
        _ entity: EntityID, find: (Database) throws -> Document?
    ) throws -> Document?
}

extension ReadModelsReading {
    func document<Projection: SingleStreamProjection>(
        _ projection: Projection.Type, _ entity: EntityID
    ) throws -> Projection.Document? {
        try document(entity) { db in
            try Row.fetchOne(
                db.cachedStatement(sql: Projection.selectSQL), arguments: Projection.keyColumns(entity.key)
            ).map(Projection.document)
        }
    }
}

extension ReadModels: ReadModelsReading {
    package func read<Value>(_ scope: ReadScope, _ body: (Database) throws -> Value) throws -> Value {
        try read(body)
    }

    package func readSnapshot<Value>(_ scope: ReadScope, _ body: (Database) throws -> Value) throws -> Value {
        try readSnapshot(body)
    }

    package func document<Document: FeedDocument>(
        _ entity: EntityID, find: (Database) throws -> Document?
    ) throws -> Document? {
        let live = projector.live
        let name = entity.description
        if let known = live.find(name, Document.self) { return known }
        // What is in the file only was not changed since it was written.
        let generation = live.generation
        let document = try readFile(find)
        live.keep(document, of: name, generation: generation)
        return document
    }
}
