import Domain
import GRDB

/// The read model `providers`: a row for every platform that was ever switched; the others are as they began.
enum ProvidersProjection: SingleStreamProjection {
    typealias Event = Provider.Event

    static let name = "providers"
    static let table = """
        CREATE TABLE providers (
          platform TEXT PRIMARY KEY,
          enabled INTEGER NOT NULL,
          login INTEGER NOT NULL,
          channel INTEGER NOT NULL,
          bot INTEGER NOT NULL,
          bot_username TEXT,
          bot_user_id TEXT,
          reason TEXT,
          ticket TEXT,
          updated_by TEXT,
          updated_at INTEGER NOT NULL,
          revision INTEGER NOT NULL
        ) STRICT;
        """
    static let upsertSQL = "INSERT OR REPLACE INTO providers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    static let selectSQL = "SELECT * FROM providers WHERE platform = ?"
    static let deleteSQL = "DELETE FROM providers WHERE platform = ?"

    static func keyColumns(_ key: String) -> StatementArguments { [key] }

    static func evolve(_ document: ProviderDocument?, _ event: Event, _ envelope: Envelope) throws -> ProviderDocument?
    {
        guard let platform = Platform(rawValue: envelope.key) else {
            throw Inapplicable(description: "\(envelope.key) is not a platform")
        }
        var next =
            document
            ?? ProviderDocument(platform: platform, updatedAt: envelope.recordedAt, revision: envelope.revision)
        switch event {
        case .switched(let flag, let enabled, let reason, let ticket):
            if enabled { next.off.remove(flag) } else { next.off.insert(flag) }
            (next.reason, next.ticket) = (reason.storable, ticket?.storable)
        case .botIdentityLinked(let identity):
            next.botIdentity = Provider.BotIdentity(
                username: identity.username.storable, userID: identity.userID.storable)
        case .botIdentityUnlinked: next.botIdentity = nil
        }
        next.updatedBy = try envelope.actorID
        next.updatedAt = envelope.recordedAt
        next.revision = envelope.revision
        return next
    }

    static func bind(_ document: ProviderDocument, to row: inout RowBinder) {
        row.bind(document.platform.rawValue)
        row.bind(document.isOn(.platform))
        row.bind(document.isOn(.login))
        row.bind(document.isOn(.channel))
        row.bind(document.isOn(.bot))
        row.bind(document.botIdentity?.username)
        row.bind(document.botIdentity?.userID)
        row.bind(document.reason)
        row.bind(document.ticket)
        row.bind(document.updatedBy)
        row.bind(document.updatedAt.microseconds)
        row.bind(document.revision)
    }

    static func document(from row: inout RowReader) throws -> ProviderDocument {
        let platform: Platform = try row.choice()
        let flags: [Provider.Flag] = [.platform, .login, .channel, .bot]
        let off = flags.filter { _ in !row.bool() }
        let username = row.textIfPresent(), userID = row.textIfPresent()
        return ProviderDocument(
            platform: platform, off: Set(off),
            botIdentity: username.map { Provider.BotIdentity(username: $0, userID: userID ?? "") },
            reason: row.textIfPresent(), ticket: row.textIfPresent(), updatedBy: row.textIfPresent(),
            updatedAt: row.moment(), revision: row.integer())
    }
}
