import Domain
import EventStore
import GRDB

extension ReadModelsReading {
    /// The command of that scope alone.
    package func botCommand(_ name: CommandName, of scope: CommandScope) throws -> BotCommandDocument? {
        try document(BotCommandsProjection.self, .botCommand(scope, name))
    }

    /// A page of the commands that are in force for a scope, by name: an account's own, and the global ones that it
    /// has no command of the same name for.
    ///
    /// - Parameter search: a part of the name or of the description.
    package func botCommands(
        of scope: CommandScope, search: String?, offset: Int, limit: Int
    ) throws -> ListPage<BotCommandDocument> {
        let globals = """
            c.owner = '*' AND NOT EXISTS (SELECT 1 FROM bot_commands o WHERE o.owner = ?1 AND o.name = c.name)
            """
        let condition = """
            (c.owner = ?1 OR \(globals)) AND (c.name LIKE ?2 ESCAPE '\\' OR c.description LIKE ?2 ESCAPE '\\')
            """
        let owner = scope.key, pattern = LikePattern.containing(search ?? "")
        return try readSnapshot(.everything) { db in
            let total = try Int.fetchOne(
                db, sql: "SELECT count(*) FROM bot_commands c WHERE \(condition)", arguments: [owner, pattern])
            let rows = try Row.fetchAll(
                db, sql: "SELECT * FROM bot_commands c WHERE \(condition) ORDER BY c.name LIMIT ?3 OFFSET ?4",
                arguments: [owner, pattern, limit, offset])
            return ListPage(rows: try rows.map(BotCommandsProjection.document), total: total ?? 0)
        }
    }
}
