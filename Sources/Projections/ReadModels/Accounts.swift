import Domain
import GRDB

/// The read model `accounts`.
enum AccountsProjection: SingleStreamProjection {
    typealias Event = Account.Event

    static let name = "accounts"
    static let table = """
        CREATE TABLE accounts (
          account_id TEXT PRIMARY KEY,
          name TEXT NOT NULL,
          plan TEXT NOT NULL,
          custom_bot_allowed INTEGER,
          created_at INTEGER NOT NULL,
          updated_at INTEGER NOT NULL,
          revision INTEGER NOT NULL,
          folded_name TEXT NOT NULL
        ) STRICT;
        CREATE INDEX accounts_by_name ON accounts (folded_name, account_id);
        """
    static let upsertSQL = """
        INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET name = excluded.name,
          plan = excluded.plan, custom_bot_allowed = excluded.custom_bot_allowed, created_at = excluded.created_at,
          updated_at = excluded.updated_at, revision = excluded.revision, folded_name = excluded.folded_name
        """
    static let selectSQL = "SELECT * FROM accounts WHERE account_id = ?"
    static let deleteSQL = "DELETE FROM accounts WHERE account_id = ?"

    static func keyColumns(_ key: String) -> StatementArguments { [key] }

    static func evolve(_ document: AccountDocument?, _ event: Event, _ envelope: Envelope) throws -> AccountDocument? {
        if case .registered(let name, let plan, let customBotAllowed) = event {
            return AccountDocument(
                accountID: AccountID(stored: envelope.key), name: name.storable, plan: plan,
                customBotAllowed: customBotAllowed,
                createdAt: envelope.recordedAt, updatedAt: envelope.recordedAt, revision: envelope.revision)
        }
        guard var next = document else { throw Inapplicable(description: "the account was never registered") }
        switch event {
        case .registered: break
        case .renamed(let name): next.name = name.storable
        case .planChanged(let plan): next.plan = plan
        case .limitsOverridden(let customBotAllowed): next.customBotAllowed = customBotAllowed
        }
        next.updatedAt = envelope.recordedAt
        next.revision = envelope.revision
        return next
    }

    static func bind(_ document: AccountDocument, to row: inout RowBinder) {
        row.bind(document.accountID.rawValue)
        row.bind(document.name)
        row.bind(document.plan.rawValue)
        row.bind(document.customBotAllowed)
        row.bind(document.createdAt.microseconds)
        row.bind(document.updatedAt.microseconds)
        row.bind(document.revision)
        row.bind(document.name.folded)
    }

    static func document(from row: inout RowReader) throws -> AccountDocument {
        AccountDocument(
            accountID: AccountID(stored: row.text()), name: row.text(), plan: try row.choice(),
            customBotAllowed: row.boolIfPresent(), createdAt: row.moment(), updatedAt: row.moment(),
            revision: row.integer())
    }
}

extension String {
    /// As lists are ordered and searched: SQLite's own comparisons know the case of ASCII letters only.
    var folded: String { lowercased() }

    /// Text that a read model can hold. SQLite ends a text at a NUL, and the rest would be lost.
    var storable: String { utf8.contains(0) ? replacing("\0", with: "\u{FFFD}") : self }
}

extension Row {
    func moment(_ column: String) -> Timestamp { Timestamp(microseconds: self[column]) }

    func momentIfPresent(_ column: String) -> Timestamp? {
        let microseconds: Int? = self[column]
        return microseconds.map(Timestamp.init(microseconds:))
    }

    func choice<Value: RawRepresentable<String>>(_ column: String) throws -> Value {
        let text: String = self[column]
        guard let value = Value(rawValue: text) else {
            throw Inapplicable(description: "the read models hold \(text) as \(column)")
        }
        return value
    }
}
