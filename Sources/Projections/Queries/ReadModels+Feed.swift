import Domain
import EventStore
import GRDB

/// What follows a place in the feed.
package enum FeedSlice: Equatable, Sendable {
    case changes([FeedChange])
    /// The place is older than what is kept, or was never in this feed: begin again with a snapshot.
    case gone
}

extension ReadModels {
    /// `<the journal's epoch>.<generation>`: followers of another one must begin anew.
    package var feedEpoch: String { "\(journal.epoch).\(projector.now.generation)" }

    /// Where the feed stands.
    package func feedHead(at now: Timestamp) -> FeedHead {
        let epoch = feedEpoch
        let head = projector.tail.head
        return FeedHead(epoch: epoch, last: head.last, digest: head.digest, at: now)
    }

    /// The digest of all documents right after a change, and when that was recorded; nil when it is long ago.
    package func digest(after id: ChangeID) -> (digest: DocumentDigest, recordedAt: Timestamp?)? {
        projector.tail.digest(after: id)
    }

    /// The changes after one that the reader holds; `.zero` for the beginning.
    package func changes(after id: ChangeID, limit: Int) throws -> FeedSlice {
        if let changes = projector.tail.changes(after: id, limit: limit) { return .changes(changes) }
        return try readSnapshot { db in
            let sql = """
                SELECT * FROM changes WHERE (position, idx) > (?, ?) ORDER BY position, idx LIMIT ?
                """
            let rows = try Row.fetchAll(
                db.cachedStatement(sql: sql), arguments: [id.position, id.index, limit])
            guard let first = rows.first else {
                let last = try ProjectionState.read(db)?.lastChange ?? .zero
                return last == id ? .changes([]) : .gone
            }
            guard ChangeID(first[2]) == id else { return .gone }
            return .changes(try rows.map(FeedChange.init))
        }
    }

    /// All documents as of one change: where the feed stood, then each of them. Takes a while: not for a thread of
    /// Swift's own pool.
    package func feedSnapshot(
        at now: Timestamp, head: (FeedHead) throws -> Void, entry: (FeedEntry) throws -> Void
    ) throws {
        try readSnapshot { db in
            let state = try ProjectionState.read(db) ?? ProjectionState()
            try head(
                FeedHead(
                    epoch: "\(journal.epoch).\(state.generation)", last: state.lastChange, digest: state.digest, at: now
                ))
            try ReadModelsEntries.visit(db, entry)
        }
    }
}

/// Every document of a file, kind after kind.
enum ReadModelsEntries {
    static func visit(_ db: Database, _ entry: (FeedEntry) throws -> Void) throws {
        try visit(AccountsProjection.self, db, entry) { .account($0.accountID) }
        try visit(ProvidersProjection.self, db, entry) { .provider($0.platform) }
        try visit(BotStatusesProjection.self, db, entry) { .bot($0.accountID, $0.platform) }
        try visit(BotModuleConfigsProjection.self, db, entry) { .botModule($0.accountID, $0.module) }
        try visit(ExtensionsProjection.self, db, entry) { .extension($0.extensionID) }
        try visit(ExtensionInstallsProjection.self, db, entry) { .extensionInstall($0.installID, of: $0.accountID) }
    }

    private static func visit<Projection: SingleStreamProjection>(
        _ projection: Projection.Type, _ db: Database, _ entry: (FeedEntry) throws -> Void,
        id: (Projection.Document) -> EntityID
    ) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT * FROM \(Projection.name)")
        while let row = try rows.next() {
            let document = try Projection.document(from: row)
            let kind = DocumentKind(Projection.Document.kind)
            try entry(FeedEntry(kind: kind, key: id(document).key, value: document.bytes))
        }
    }
}

extension FeedChange {
    fileprivate init(_ row: Row) throws {
        var reader = RowReader(row)
        let id = ChangeID(position: reader.integer(), index: reader.integer())
        guard let previous = ChangeID(reader.text()) else {
            throw Inapplicable(description: "the feed holds a change without a predecessor")
        }
        let kind: Category = try reader.choice()
        let key = reader.text()
        // Whether there is a value says the same as the operation.
        _ = reader.text()
        self.init(
            id: id, previous: previous, kind: DocumentKind(kind), key: key,
            value: reader.textIfPresent().map { Array($0.utf8) }, recordedAt: reader.moment(),
            correlationID: reader.textIfPresent())
    }
}
