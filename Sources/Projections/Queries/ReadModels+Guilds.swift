import Domain
import EventStore
import GRDB

extension ReadModelsReading {
    package func guild(_ id: GuildID) throws -> GuildDocument? {
        try document(GuildsProjection.self, .guild(id))
    }

    /// A page of the guilds, by name.
    ///
    /// - Parameters:
    ///   - search: a part of the guild's name, or the id of the guild or of its account; letters of either case.
    ///   - account: nil for those of all.
    package func guilds(
        search: String?, of account: AccountID?, offset: Int, limit: Int
    ) throws -> ListPage<GuildDocument> {
        var conditions: [String] = [], arguments = StatementArguments()
        if let search, !search.isEmpty {
            let pattern = LikePattern.containing(search.folded)
            conditions.append("(folded_name LIKE ? ESCAPE '\\' OR guild_id = ? OR account_id LIKE ? ESCAPE '\\')")
            arguments += [pattern, search, pattern]
        }
        if let account {
            conditions.append("account_id = ?")
            arguments += [account.rawValue]
        }
        let rows = "FROM guilds" + (conditions.isEmpty ? "" : " WHERE \(conditions.joined(separator: " AND "))")
        return try readSnapshot(.everything) { db in
            let total = try Int.fetchOne(db, sql: "SELECT count(*) \(rows)", arguments: arguments) ?? 0
            let page = try Row.fetchAll(
                db, sql: "SELECT * \(rows) ORDER BY folded_name, guild_id LIMIT ? OFFSET ?",
                arguments: arguments + [limit, offset])
            return ListPage(rows: try page.map(GuildsProjection.document), total: total)
        }
    }
}
