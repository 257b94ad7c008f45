import Domain
import EventStore
import GRDB

/// The read model `bot_module_configs`, with the seeds' columns.
enum BotModuleConfigsProjection: SingleStreamProjection {
    typealias Event = BotModule.Event

    static let name = "bot_module_configs"
    static let table = """
        CREATE TABLE bot_module_configs (
          id TEXT NOT NULL,
          account_id TEXT NOT NULL,
          module_name TEXT NOT NULL,
          enabled INTEGER NOT NULL,
          config TEXT NOT NULL,
          exempt_roles TEXT NOT NULL,
          created_at INTEGER NOT NULL,
          updated_at INTEGER NOT NULL,
          revision INTEGER NOT NULL,
          PRIMARY KEY (account_id, module_name)
        ) STRICT, WITHOUT ROWID;
        """
    static let upsertSQL = """
        INSERT INTO bot_module_configs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET id = excluded.id,
          enabled = excluded.enabled, config = excluded.config, exempt_roles = excluded.exempt_roles,
          created_at = excluded.created_at, updated_at = excluded.updated_at, revision = excluded.revision
        """
    static let selectSQL = "SELECT * FROM bot_module_configs WHERE account_id = ? AND module_name = ?"
    static let deleteSQL = "DELETE FROM bot_module_configs WHERE account_id = ? AND module_name = ?"

    static func keyColumns(_ key: String) throws -> StatementArguments {
        let (account, module) = try EntityID.halves(of: key)
        return [account, module]
    }

    static func evolve(
        _ document: BotModuleDocument?, _ event: Event, _ envelope: Envelope
    ) throws -> BotModuleDocument? {
        guard case .upserted(let enabled, let config, let exemptRoles) = event else { return nil }
        guard var next = document else {
            return try created(enabled: enabled, config: config, exemptRoles: exemptRoles, envelope)
        }
        (next.enabled, next.config, next.exemptRoles) = (enabled, config, exemptRoles)
        next.updatedAt = envelope.recordedAt
        next.revision = envelope.revision
        return next
    }

    private static func created(
        enabled: Bool, config: JSONText, exemptRoles: JSONText, _ envelope: Envelope
    ) throws -> BotModuleDocument {
        let (account, name) = try EntityID.halves(of: envelope.key)
        guard let module = ModuleName(rawValue: name) else {
            throw Inapplicable(description: "\(name) is not a bot module")
        }
        return BotModuleDocument(
            id: envelope.id.description, accountID: AccountID(stored: account), module: module, enabled: enabled,
            config: config, exemptRoles: exemptRoles, createdAt: envelope.recordedAt, updatedAt: envelope.recordedAt,
            revision: envelope.revision)
    }

    static func bind(_ document: BotModuleDocument, to row: inout RowBinder) {
        row.bind(document.id)
        row.bind(document.accountID.rawValue)
        row.bind(document.module.rawValue)
        row.bind(document.enabled)
        row.bind(document.config.text)
        row.bind(document.exemptRoles.text)
        row.bind(document.createdAt.microseconds)
        row.bind(document.updatedAt.microseconds)
        row.bind(document.revision)
    }

    static func document(from row: inout RowReader) throws -> BotModuleDocument {
        BotModuleDocument(
            id: row.text(), accountID: AccountID(stored: row.text()), module: try row.choice(), enabled: row.bool(),
            config: JSONText(stored: row.text().utf8), exemptRoles: JSONText(stored: row.text().utf8),
            createdAt: row.moment(), updatedAt: row.moment(), revision: row.integer())
    }
}
