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

    var platforms: [Platform] { platform.map { [$0] } ?? Platform.allCases }
}

/// One account on one platform, connected or not.
package struct StatusRow: Equatable, Sendable {
    package let accountID: AccountID, accountName: String
    /// Whether the account's plan, or an override, lets its bots run.
    package let customBotAllowed: Bool
    package let platform: Platform
    /// nil when there never was a connection.
    package let bot: BotDocument?

    package var status: BotStatus { bot?.status ?? .noConnection }
}

/// A part of a list, and how long the whole list is.
package struct ListPage<Row: Sendable>: Sendable {
    package let rows: [Row], total: Int

    package init(rows: [Row], total: Int) {
        (self.rows, self.total) = (rows, total)
    }
}

extension ReadModelsReading {
    /// A page of the rows for **every** account × platform, by the account's name.
    package func statuses(_ filter: StatusFilter, offset: Int, limit: Int) throws -> ListPage<StatusRow> {
        try readSnapshot(ReadScope(filter.account)) { db in
            let query = StatusQuery(filter, offset: offset, limit: limit)
            let total = try Int.fetchOne(db, sql: query.countSQL, arguments: query.countArguments) ?? 0
            let rows = try Row.fetchAll(db, sql: query.pageSQL, arguments: query.pageArguments)
            return ListPage(rows: try rows.map(StatusRow.init), total: total)
        }
    }

    package func status(_ account: AccountID, _ platform: Platform) throws -> StatusRow? {
        guard let owner = try self.account(account) else { return nil }
        return StatusRow(
            accountID: account, accountName: owner.name, customBotAllowed: owner.mayUseCustomBot, platform: platform,
            bot: try document(BotStatusesProjection.self, .bot(account, platform)))
    }
}

extension ReadModels {
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
    /// Of the account `a`: what a row begins with, before its platform.
    static let accountColumns: String = {
        let plans = Plan.allCases.filter(\.customBotAllowed).map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return """
            a.account_id AS account, a.name AS account_name,
            coalesce(a.custom_bot_allowed, a.plan IN (\(plans))) AS is_allowed
            """
    }()

    init(_ row: Row) throws {
        var reader = RowReader(row)
        let account = AccountID(stored: reader.text()), name = reader.text(), isAllowed = reader.bool()
        let platform: Platform = try reader.choice()
        // What follows is all NULL where there never was a connection.
        let isKnown = !row.hasNull(atIndex: 4)
        self.init(
            accountID: account, accountName: name, customBotAllowed: isAllowed, platform: platform,
            bot: isKnown ? try BotStatusesProjection.document(from: &reader) : nil)
    }
}

/// The statements for one filter.
///
/// Without a status the page is cut from the accounts first, so that a late page of a long list joins no more rows than
/// it shows. A status that only connected bots have is looked up by its index.
struct StatusQuery {
    let countSQL: String, pageSQL: String
    let countArguments: StatementArguments, pageArguments: StatementArguments

    init(_ filter: StatusFilter, offset: Int, limit: Int) {
        let platforms = filter.platforms.count
        let (search, arguments) = Self.search(filter)
        countArguments = arguments
        if let status = filter.status {
            let rows = Self.joined(filter, "accounts", inner: status != .noConnection)
            let condition = "\(search) AND coalesce(b.status, 'no_connection') = '\(status.rawValue)'"
            countSQL = "SELECT count(*) \(rows) WHERE \(condition)"
            pageSQL = Self.page("\(rows) WHERE \(condition)")
            pageArguments = arguments + [limit, offset]
        } else {
            countSQL = "SELECT count(*) * \(platforms) FROM accounts a WHERE \(search)"
            let accounts = """
                (SELECT * FROM accounts a WHERE \(search) ORDER BY a.folded_name, a.account_id LIMIT ? OFFSET ?)
                """
            pageSQL = Self.page(Self.joined(filter, accounts, inner: false))
            let last = (offset + limit + platforms - 1) / platforms
            pageArguments = arguments + [last - offset / platforms, offset / platforms, limit, offset % platforms]
        }
    }

    private static func joined(_ filter: StatusFilter, _ accounts: String, inner: Bool) -> String {
        let values = filter.platforms.enumerated().map { "(\($0.offset), '\($0.element.rawValue)')" }
        return """
            FROM \(accounts) a \(inner ? "JOIN" : "CROSS JOIN")
              (SELECT column1 AS place, column2 AS at_platform FROM (VALUES \(values.joined(separator: ", ")))) p
            \(inner ? "JOIN" : "LEFT JOIN") bot_statuses b ON b.account_id = a.account_id AND b.platform = p.at_platform
            """
    }

    private static func page(_ rows: String) -> String {
        """
        SELECT \(StatusRow.accountColumns), p.at_platform, b.* \(rows)
        ORDER BY a.folded_name, a.account_id, p.place LIMIT ? OFFSET ?
        """
    }

    /// The condition on the accounts `a`.
    static func search(_ filter: StatusFilter) -> (String, StatementArguments) {
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
