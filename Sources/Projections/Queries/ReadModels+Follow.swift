import Domain
import EventStore
import GRDB
import Synchronization

extension ReadModels {
    /// `<journal epoch>.<n>`: n grows when a rebuild has changed documents; followers must begin anew.
    package var feedEpoch: String { "\(journal.epoch).\(FeedEpochs.number(of: journal.epoch))" }

    /// Where the feed stands now.
    package func feedHead(at now: Timestamp) -> FeedHead {
        let state = (try? read { try ProjectionState.read($0) }) ?? nil
        return FeedHead(
            epoch: feedEpoch, last: state?.lastChange ?? .zero, digest: state?.digest ?? DocumentDigest(), at: now)
    }

    /// The digest of all documents right after a change; nil when that is not known any more.
    package func digest(after id: ChangeID) -> DocumentDigest? {
        let head = feedHead(at: Timestamp(microseconds: 0))
        return head.last == id ? head.digest : nil
    }

    /// Everything as of one change, from one read transaction: the head first, then every document.
    package func feedSnapshot(
        at now: Timestamp, head: (FeedHead) throws -> Void, entry: (FeedEntry) throws -> Void
    ) throws {
        try readSnapshot { db in
            let state = try ProjectionState.read(db) ?? ProjectionState()
            try head(FeedHead(epoch: feedEpoch, last: state.lastChange, digest: state.digest, at: now))
            try entries(AccountsProjection.self, db, entry) { EntityID.account($0.accountID).key }
            try entries(ProvidersProjection.self, db, entry) { $0.platform.rawValue }
            try entries(BotStatusesProjection.self, db, entry) { EntityID.bot($0.accountID, $0.platform).key }
            try entries(BotModuleConfigsProjection.self, db, entry) {
                EntityID.botModule($0.accountID, $0.module).key
            }
        }
    }

    private func entries<Projection: SingleStreamProjection>(
        _ projection: Projection.Type, _ db: Database, _ entry: (FeedEntry) throws -> Void,
        key: (Projection.Document) -> String
    ) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT * FROM \(Projection.name)")
        while let row = try rows.next() {
            let document = try Projection.document(from: row)
            try entry(FeedEntry(kind: Projection.Document.kind, key: key(document), value: document.bytes))
        }
    }
}

/// Stands in for the number that a rebuild raises; tests raise it by hand.
package enum FeedEpochs {
    private static let numbers = Mutex<[String: Int]>([:])

    static func number(of epoch: String) -> Int { numbers.withLock { $0[epoch] ?? 1 } }

    package static func raise(_ epoch: String) { numbers.withLock { $0[epoch, default: 1] += 1 } }
}
