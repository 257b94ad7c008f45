import Domain
import GRDB

/// The read model `guilds`: a row for every Discord guild that belongs to an account.
enum GuildsProjection: SingleStreamProjection {
    typealias Event = Guild.Event

    static let name = "guilds"
    static let table = """
        CREATE TABLE guilds (
          guild_id TEXT PRIMARY KEY,
          account_id TEXT NOT NULL,
          name TEXT NOT NULL,
          folded_name TEXT NOT NULL,
          connected_at INTEGER NOT NULL,
          updated_at INTEGER NOT NULL,
          revision INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX guilds_by_account ON guilds (account_id);
        CREATE INDEX guilds_by_name ON guilds (folded_name, guild_id);
        """
    static let upsertSQL = "INSERT OR REPLACE INTO guilds VALUES (?, ?, ?, ?, ?, ?, ?)"
    static let selectSQL = "SELECT * FROM guilds WHERE guild_id = ?"
    static let deleteSQL = "DELETE FROM guilds WHERE guild_id = ?"

    static func keyColumns(_ key: String) -> StatementArguments { [key] }

    static func evolve(_ document: GuildDocument?, _ event: Event, _ envelope: Envelope) throws -> GuildDocument? {
        guard case .mapped(let account, let name) = event else { return nil }
        guard let guild = GuildID(rawValue: envelope.key) else {
            throw Inapplicable(description: "\(envelope.key) is not a guild's id")
        }
        return GuildDocument(
            guildID: guild, accountID: account, name: name.storable,
            connectedAt: document?.connectedAt ?? envelope.recordedAt, updatedAt: envelope.recordedAt,
            revision: envelope.revision)
    }

    static func bind(_ document: GuildDocument, to row: inout RowBinder) {
        row.bind(document.guildID.rawValue)
        row.bind(document.accountID.rawValue)
        row.bind(document.name)
        row.bind(document.name.folded)
        row.bind(document.connectedAt.microseconds)
        row.bind(document.updatedAt.microseconds)
        row.bind(document.revision)
    }

    static func document(from row: inout RowReader) throws -> GuildDocument {
        let guild = GuildID(stored: row.text()), account = AccountID(stored: row.text()), name = row.text()
        row.skip()
        return GuildDocument(
            guildID: guild, accountID: account, name: name, connectedAt: row.moment(), updatedAt: row.moment(),
            revision: row.integer())
    }
}
