import Domain
import Foundation
import GRDB

extension WebhookBoard {
    static let table = """
        CREATE TABLE IF NOT EXISTS webhooks (
            id TEXT NOT NULL PRIMARY KEY,
            address TEXT NOT NULL,
            name TEXT,
            account_id TEXT,
            types TEXT NOT NULL, -- separated by spaces
            created_at INTEGER NOT NULL, -- µs since 1970 UTC, as are all times
            created_by TEXT NOT NULL,
            epoch TEXT NOT NULL,
            secret BLOB NOT NULL,
            previous_secret BLOB,
            previous_until INTEGER,
            state TEXT NOT NULL,
            position INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            next_attempt_at INTEGER,
            failing_since INTEGER,
            problem TEXT,
            parked_in_row INTEGER NOT NULL,
            delivered_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS webhook_parked (
            webhook TEXT NOT NULL,
            position INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            problem TEXT NOT NULL,
            parked_at INTEGER NOT NULL,
            queued INTEGER NOT NULL,
            PRIMARY KEY (webhook, position)
        ) STRICT, WITHOUT ROWID;
        """

    static func save(_ entries: [Entry], _ db: Database) throws {
        for entry in entries {
            let hook = entry.webhook, progress = hook.progress
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO webhooks
                      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    hook.id, hook.address, hook.name, hook.account?.rawValue, hook.types.joined(separator: " "),
                    hook.createdAt.microseconds, hook.createdBy, hook.epoch, Data(hook.secrets.current),
                    hook.secrets.previous.map { Data($0) }, hook.secrets.previousUntil?.microseconds,
                    progress.state.rawValue, progress.position, progress.attempts,
                    progress.nextAttemptAt?.microseconds, progress.failingSince?.microseconds, progress.problem,
                    progress.parkedInRow, progress.deliveredAt?.microseconds,
                ])
            try db.execute(sql: "DELETE FROM webhook_parked WHERE webhook = ?", arguments: [hook.id])
            for parked in entry.parked.values {
                try db.execute(
                    sql: "INSERT INTO webhook_parked VALUES (?, ?, ?, ?, ?, ?)",
                    arguments: [
                        hook.id, parked.position, parked.attempts, parked.problem, parked.parkedAt.microseconds,
                        parked.isQueued,
                    ])
            }
        }
    }

    static func delete(_ id: String, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM webhooks WHERE id = ?", arguments: [id])
        try db.execute(sql: "DELETE FROM webhook_parked WHERE webhook = ?", arguments: [id])
    }

    /// A row that cannot be understood tells nobody anything: it is passed over.
    static func load(_ db: Database) throws -> [String: Entry] {
        var entries: [String: Entry] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT * FROM webhooks") {
            guard let webhook = Webhook(row) else { continue }
            entries[webhook.id] = Entry(webhook: webhook)
        }
        for row in try Row.fetchAll(db, sql: "SELECT * FROM webhook_parked") {
            let id: String = row["webhook"], position: Int = row["position"]
            entries[id]?.parked[position] = ParkedDelivery(
                position: position, attempts: row["attempts"], problem: row["problem"],
                parkedAt: Timestamp(microseconds: row["parked_at"]), isQueued: row["queued"])
        }
        return entries
    }
}

extension Webhook {
    fileprivate init?(_ row: Row) {
        func time(_ column: String) -> Timestamp? {
            let microseconds: Int? = row[column]
            return microseconds.map(Timestamp.init(microseconds:))
        }
        let state: String = row["state"], account: String? = row["account_id"], types: String = row["types"]
        let secret: Data = row["secret"], previous: Data? = row["previous_secret"]
        guard let state = State(rawValue: state), account == nil || account.flatMap(AccountID.init(rawValue:)) != nil
        else { return nil }
        var progress = Progress(position: row["position"])
        progress.state = state
        progress.attempts = row["attempts"]
        progress.parkedInRow = row["parked_in_row"]
        (progress.nextAttemptAt, progress.failingSince) = (time("next_attempt_at"), time("failing_since"))
        (progress.problem, progress.deliveredAt) = (row["problem"], time("delivered_at"))
        self.init(
            id: row["id"], address: row["address"], name: row["name"],
            account: account.flatMap(AccountID.init(rawValue:)),
            types: types.split(separator: " ").map(String.init),
            createdAt: Timestamp(microseconds: row["created_at"]), createdBy: row["created_by"], epoch: row["epoch"],
            secrets: WebhookSecrets(
                current: Array(secret), previous: previous.map { Array($0) }, previousUntil: time("previous_until")),
            progress: progress)
    }
}
