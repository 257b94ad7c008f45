import Domain
import GRDB

extension ReadModels {
    /// The bots of a filter that can be paused or resumed, by the account's name; all that there are are counted.
    package func connectedBots(_ filter: StatusFilter, limit: Int) throws -> ListPage<StatusRow> {
        let (search, arguments) = StatusQuery.search(filter)
        let statuses: [BotStatus] = filter.status.map { [$0] } ?? [.active, .paused]
        let rows = """
            FROM bot_statuses b JOIN accounts a ON a.account_id = b.account_id
            WHERE \(search) AND b.platform IN (\(Self.list(filter.platforms)))
              AND b.status IN (\(Self.list(statuses.filter { $0 != .noConnection })))
            """
        return try readSnapshot { db in
            let total = try Int.fetchOne(db, sql: "SELECT count(*) \(rows)", arguments: arguments) ?? 0
            let sql = """
                SELECT \(StatusRow.accountColumns), b.platform AS at_platform, b.* \(rows)
                ORDER BY a.folded_name, a.account_id, b.platform LIMIT ?
                """
            let found = try Row.fetchAll(db, sql: sql, arguments: arguments + [limit])
            return ListPage(rows: try found.map(StatusRow.init), total: total)
        }
    }

    /// Names of our own, so that nothing needs to be escaped.
    private static func list<Value: RawRepresentable<String>>(_ values: [Value]) -> String {
        values.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    }
}
