import Domain
import EventStore
import GRDB

/// Which bots an operator wants to see.
package struct StatusFilter: Hashable, Sendable {
    package var platform: Platform?
    /// A part of the account's name or id; letters of either case.
    package var search: String?
    package var status: BotStatus?
    /// Only this account's bots.
    package var account: AccountID?

    package init(
        platform: Platform? = nil, search: String? = nil, status: BotStatus? = nil, account: AccountID? = nil
    ) {
        (self.platform, self.search, self.status, self.account) = (platform, search, status, account)
    }

    fileprivate var platforms: [Platform] { platform.map { [$0] } ?? Platform.allCases }
}

/// One account on one platform, connected or not.
package struct StatusRow: Equatable, Sendable {
    package let accountID: AccountID, accountName: String, platform: Platform
    /// nil when there never was a connection.
    package let bot: BotDocument?

    package var status: BotStatus { bot?.status ?? .noConnection }
}

/// A part of a list, and how long the whole list is.
package struct ListPage<Row: Sendable>: Sendable {
    package let rows: [Row], total: Int
}

extension ReadModels {
    /// A page of the rows for **every** account × platform, by the account's name.
    package func statuses(_ filter: StatusFilter, offset: Int, limit: Int) throws -> ListPage<StatusRow> {
        try readSnapshot { db in
            let query = StatusQuery(filter)
            let total = try Int.fetchOne(db, sql: query.countSQL, arguments: query.countArguments) ?? 0
            let rows = try Row.fetchAll(
                db, sql: query.pageSQL, arguments: query.pageArguments + [limit, offset])
            return ListPage(rows: try rows.map(StatusRow.init), total: total)
        }
    }

    package func status(_ account: AccountID, _ platform: Platform) throws -> StatusRow? {
        try read { db in
            let sql = """
                SELECT a.account_id AS account, a.name AS account_name, ? AS at_platform, b.*
                FROM accounts a LEFT JOIN bot_statuses b ON b.account_id = a.account_id AND b.platform = ?
                WHERE a.account_id = ?
                """
            let arguments: StatementArguments = [platform.rawValue, platform.rawValue, account.rawValue]
            return try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments).map(StatusRow.init)
        }
    }

    /// The pauses that end by themselves, the first end first.
    package func scheduledResumes(limit: Int) throws -> [BotDocument] {
        try read { db in
            let sql = """
                SELECT * FROM bot_statuses WHERE paused_until IS NOT NULL ORDER BY paused_until LIMIT ?
                """
            return try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [limit])
                .map(BotStatusesProjection.document)
        }
    }
}

extension StatusRow {
    fileprivate init(_ row: Row) throws {
        let revision: Int? = row["revision"]
        self.init(
            accountID: AccountID(stored: row["account"]), accountName: row["account_name"],
            platform: try row.choice("at_platform"),
            bot: revision == nil ? nil : try BotStatusesProjection.document(from: row))
    }
}

/// The statements for one filter. Without a status the page is cut from the accounts first, so that a late page of
/// a long list joins no more rows than it shows.
private struct StatusQuery {
    let countSQL: String, pageSQL: String
    let countArguments: StatementArguments, pageArguments: StatementArguments

    init(_ filter: StatusFilter) {
        let values = filter.platforms.enumerated().map { "(\($0.offset), '\($0.element.rawValue)')" }
        let platforms = """
            (SELECT column1 AS place, column2 AS at_platform FROM (VALUES \(values.joined(separator: ", "))))
            """
        let (search, searchArguments) = Self.search(filter)
        let joined = """
            FROM accounts a CROSS JOIN \(platforms) p
            LEFT JOIN bot_statuses b ON b.account_id = a.account_id AND b.platform = p.at_platform
            WHERE \(search)
            """
        let condition = filter.status.map { " AND coalesce(b.status, 'no_connection') = '\($0.rawValue)'" } ?? ""
        countArguments = searchArguments
        pageArguments = searchArguments
        countSQL =
            filter.status == nil
            ? "SELECT count(*) * \(filter.platforms.count) FROM accounts a WHERE \(search)"
            : "SELECT count(*) \(joined)\(condition)"
        pageSQL = """
            SELECT a.account_id AS account, a.name AS account_name, p.at_platform, b.* \(joined)\(condition)
            ORDER BY a.folded_name, a.account_id, p.place LIMIT ? OFFSET ?
            """
    }

    private static func search(_ filter: StatusFilter) -> (String, StatementArguments) {
        var condition = "1"
        var arguments: StatementArguments = []
        if let search = filter.search, !search.isEmpty {
            condition += " AND (a.folded_name LIKE ? ESCAPE '\\' OR a.account_id LIKE ? ESCAPE '\\')"
            arguments += [LikePattern.containing(search.folded), LikePattern.containing(search.folded)]
        }
        if let account = filter.account {
            condition += " AND a.account_id = ?"
            arguments += [account.rawValue]
        }
        return (condition, arguments)
    }
}
