import Domain
import GRDB

extension ReadModels {
    /// Whose bot is connected to a channel; the first by id where several say so.
    package func account(inChannel id: String, on platform: Platform) throws -> AccountID? {
        try readSnapshot { db in
            let sql = """
                SELECT account_id FROM bot_statuses
                WHERE platform = ? AND status IN ('active', 'paused') AND channel_id = ? ORDER BY account_id LIMIT 1
                """
            return try String.fetchOne(db, sql: sql, arguments: [platform.rawValue, id]).map { AccountID(stored: $0) }
        }
    }
}
