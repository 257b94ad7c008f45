import Domain
import GRDB

/// The read model `bot_commands`; `owner` is an account's id, or `*` for all of them.
enum BotCommandsProjection: SingleStreamProjection {
    typealias Event = BotCommand.Event

    static let name = "bot_commands"
    static let table = """
        CREATE TABLE bot_commands (
          owner TEXT NOT NULL,
          name TEXT NOT NULL,
          description TEXT NOT NULL,
          response_type TEXT NOT NULL,
          response TEXT NOT NULL,
          platforms TEXT NOT NULL,
          minimum_role TEXT NOT NULL,
          cooldown_seconds INTEGER NOT NULL,
          user_cooldown_seconds INTEGER NOT NULL,
          enabled INTEGER NOT NULL,
          created_at INTEGER NOT NULL,
          updated_at INTEGER NOT NULL,
          revision INTEGER NOT NULL,
          PRIMARY KEY (owner, name)
        ) STRICT, WITHOUT ROWID;
        """
    static let upsertSQL = "INSERT OR REPLACE INTO bot_commands VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    static let selectSQL = "SELECT * FROM bot_commands WHERE owner = ? AND name = ?"
    static let deleteSQL = "DELETE FROM bot_commands WHERE owner = ? AND name = ?"

    static func keyColumns(_ key: String) throws -> StatementArguments {
        let (owner, name) = try EntityID.halves(of: key)
        return [owner, name]
    }

    static func evolve(
        _ document: BotCommandDocument?, _ event: Event, _ envelope: Envelope
    ) throws -> BotCommandDocument? {
        guard case .upserted(var definition) = event else { return nil }
        let (owner, text) = try EntityID.halves(of: envelope.key)
        guard let name = CommandName(rawValue: text) else {
            throw Inapplicable(description: "\(text) is not a command's name")
        }
        definition.description = definition.description.storable
        definition.response = definition.response.storable
        return BotCommandDocument(
            scope: CommandScope(stored: owner), name: name, definition: definition,
            createdAt: document?.createdAt ?? envelope.recordedAt, updatedAt: envelope.recordedAt,
            revision: envelope.revision)
    }

    static func bind(_ document: BotCommandDocument, to row: inout RowBinder) {
        let definition = document.definition
        row.bind(document.scope.key)
        row.bind(document.name.rawValue)
        row.bind(definition.description)
        row.bind(definition.responseType.rawValue)
        row.bind(definition.response)
        row.bind(definition.platforms.map(\.rawValue).joined(separator: " "))
        row.bind(definition.minimumRole.rawValue)
        row.bind(definition.cooldownSeconds)
        row.bind(definition.userCooldownSeconds)
        row.bind(definition.enabled)
        row.bind(document.createdAt.microseconds)
        row.bind(document.updatedAt.microseconds)
        row.bind(document.revision)
    }

    static func document(from row: inout RowReader) throws -> BotCommandDocument {
        let scope = CommandScope(stored: row.text()), name = CommandName(stored: row.text())
        let definition = BotCommand.Definition(
            description: row.text(), responseType: try row.choice(), response: row.text(),
            platforms: row.text().split(separator: " ").compactMap { Platform(rawValue: String($0)) },
            minimumRole: try row.choice(), cooldownSeconds: row.integer(), userCooldownSeconds: row.integer(),
            enabled: row.bool())
        return BotCommandDocument(
            scope: scope, name: name, definition: definition, createdAt: row.moment(), updatedAt: row.moment(),
            revision: row.integer())
    }
}
