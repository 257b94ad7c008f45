import Domain
import GRDB

/// What follows a place in the feed.
package enum FeedSlice: Equatable, Sendable {
    case changes([FeedChange])
    /// The place is older than what is kept, or was never in this feed: begin again with a snapshot.
    case gone
}

extension ReadModels {
    /// The changes after one that the reader holds; `.zero` for the beginning.
    package func changes(after id: ChangeID, limit: Int) throws -> FeedSlice {
        try readSnapshot { db in
            let sql = """
                SELECT * FROM changes WHERE (position, idx) > (?, ?) ORDER BY position, idx LIMIT ?
                """
            let rows = try Row.fetchAll(
                db.cachedStatement(sql: sql), arguments: [id.position, id.index, limit])
            guard let first = rows.first else {
                let last = try ProjectionState.read(db)?.lastChange ?? .zero
                return last == id ? .changes([]) : .gone
            }
            guard ChangeID(first["previous"]) == id else { return .gone }
            return .changes(try rows.map(FeedChange.init))
        }
    }

    /// Every document of one kind, as the feed carries it, by key.
    package func documents(_ kind: Category) throws -> [(key: String, value: [UInt8])] {
        try read { db in
            switch kind {
            case .account:
                try documents(AccountsProjection.self, db) { EntityID.account($0.accountID).key }
            case .provider: try documents(ProvidersProjection.self, db) { $0.platform.rawValue }
            case .bot: try documents(BotStatusesProjection.self, db) { EntityID.bot($0.accountID, $0.platform).key }
            case .botModule:
                try documents(BotModuleConfigsProjection.self, db) { EntityID.botModule($0.accountID, $0.module).key }
            }
        }
    }

    private func documents<Projection: SingleStreamProjection>(
        _ projection: Projection.Type, _ db: Database, key: (Projection.Document) -> String
    ) throws -> [(key: String, value: [UInt8])] {
        try Row.fetchAll(db, sql: "SELECT * FROM \(Projection.name)").map { row in
            let document = try Projection.document(from: row)
            return (key(document), document.bytes)
        }.sorted { $0.key < $1.key }
    }
}

extension FeedChange {
    fileprivate init(_ row: Row) throws {
        let value: String? = row["value"]
        guard let previous = ChangeID(row["previous"]) else {
            throw Inapplicable(description: "the feed holds a change without a predecessor")
        }
        self.init(
            id: ChangeID(position: row["position"], index: row["idx"]), previous: previous,
            kind: try row.choice("kind"), key: row["key"], value: value.map { Array($0.utf8) },
            recordedAt: row.moment("recorded_at"), correlationID: row["correlation_id"])
    }
}
