import Domain
import EventStore
import GRDB

extension ReadModelsReading {
    /// The modules that an account has configured, in the order of the whitelist.
    package func botModules(of account: AccountID) throws -> [BotModuleDocument] {
        try read(.account(account)) { db in
            let sql = "SELECT * FROM bot_module_configs WHERE account_id = ?"
            let rows = try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [account.rawValue])
            let documents = try rows.map(BotModuleConfigsProjection.document)
            return ModuleName.allCases.compactMap { name in documents.first { $0.module == name } }
        }
    }

    package func botModule(_ module: ModuleName, of account: AccountID) throws -> BotModuleDocument? {
        try document(BotModuleConfigsProjection.self, .botModule(account, module))
    }

    package func account(_ id: AccountID) throws -> AccountDocument? {
        try document(AccountsProjection.self, .account(id))
    }

    /// A platform's switches; as they began when nobody ever switched them.
    package func provider(_ platform: Platform) throws -> ProviderDocument {
        try document(ProvidersProjection.self, .provider(platform))
            ?? ProviderDocument(platform: platform, updatedAt: Timestamp(microseconds: 0), revision: -1)
    }

    /// A page of the accounts, by name.
    ///
    /// - Parameter only: nil for all that there are.
    package func accounts(
        search: String?, only account: AccountID?, offset: Int, limit: Int
    ) throws -> ListPage<AccountDocument> {
        let pattern = LikePattern.containing((search ?? "").folded)
        let condition = """
            (folded_name LIKE ?1 ESCAPE '\\' OR account_id LIKE ?1 ESCAPE '\\')
              AND account_id = coalesce(?4, account_id)
            """
        return try readSnapshot(ReadScope(account)) { db in
            let total = try Int.fetchOne(
                db, sql: "SELECT count(*) FROM accounts WHERE \(condition.replacing("?4", with: "?2"))",
                arguments: [pattern, account?.rawValue])
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM accounts WHERE \(condition)
                    ORDER BY folded_name, account_id LIMIT ?2 OFFSET ?3
                    """, arguments: [pattern, limit, offset, account?.rawValue])
            return ListPage(rows: try rows.map(AccountsProjection.document), total: total ?? 0)
        }
    }

    /// How many bots of a platform have each status; those never connected are not counted.
    package func botCounts(_ platform: Platform) throws -> [BotStatus: Int] {
        try read(.everything) { db in
            let sql = "SELECT status, count(*) FROM bot_statuses WHERE platform = ? GROUP BY status"
            let rows = try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [platform.rawValue])
            let pairs = rows.compactMap { row in BotStatus(rawValue: row[0]).map { ($0, row[1] as Int) } }
            return Dictionary(uniqueKeysWithValues: pairs)
        }
    }
}
