import Domain
import GRDB

/// The read model `bot_statuses`: a row for every bot that was ever connected.
enum BotStatusesProjection: SingleStreamProjection {
    typealias Event = Bot.Event

    static let name = "bot_statuses"
    static let table = """
        CREATE TABLE bot_statuses (
          account_id TEXT NOT NULL,
          platform TEXT NOT NULL,
          status TEXT NOT NULL,
          channel_id TEXT,
          channel_name TEXT,
          bot_user_id TEXT,
          paused INTEGER NOT NULL,
          paused_reason TEXT,
          paused_until INTEGER,
          paused_by TEXT,
          updated_at INTEGER NOT NULL,
          revision INTEGER NOT NULL,
          PRIMARY KEY (account_id, platform)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX bot_statuses_by_status ON bot_statuses (platform, status);
        CREATE INDEX bot_statuses_by_end ON bot_statuses (paused_until) WHERE paused_until IS NOT NULL;
        """
    static let upsertSQL = """
        INSERT INTO bot_statuses VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
          status = excluded.status, channel_id = excluded.channel_id, channel_name = excluded.channel_name,
          bot_user_id = excluded.bot_user_id, paused = excluded.paused, paused_reason = excluded.paused_reason,
          paused_until = excluded.paused_until, paused_by = excluded.paused_by, updated_at = excluded.updated_at,
          revision = excluded.revision
        """
    static let selectSQL = "SELECT * FROM bot_statuses WHERE account_id = ? AND platform = ?"
    static let deleteSQL = "DELETE FROM bot_statuses WHERE account_id = ? AND platform = ?"

    static func keyColumns(_ key: String) throws -> StatementArguments {
        let (account, platform) = try EntityID.halves(of: key)
        return [account, platform]
    }

    static func evolve(_ document: BotDocument?, _ event: Event, _ envelope: Envelope) throws -> BotDocument? {
        var next = try document ?? blank(envelope)
        switch event {
        case .connected(let connection):
            next.connection = Bot.Connection(
                channelID: connection.channelID.storable, channelName: connection.channelName.storable,
                botUserID: connection.botUserID?.storable)
        case .disconnected: next.connection = nil
        case .paused(let reason, let until):
            next.pause = BotDocument.Pause(reason: reason?.storable, until: until, by: try envelope.actorID)
        case .resumed: next.pause = nil
        }
        next.updatedAt = envelope.recordedAt
        next.revision = envelope.revision
        return next
    }

    private static func blank(_ envelope: Envelope) throws -> BotDocument {
        let (account, name) = try EntityID.halves(of: envelope.key)
        guard let platform = Platform(rawValue: name) else {
            throw Inapplicable(description: "\(name) is not a platform")
        }
        return BotDocument(
            accountID: AccountID(stored: account), platform: platform, connection: nil, pause: nil,
            updatedAt: envelope.recordedAt, revision: envelope.revision)
    }

    static func bind(_ document: BotDocument, to row: inout RowBinder) {
        row.bind(document.accountID.rawValue)
        row.bind(document.platform.rawValue)
        row.bind(document.status.rawValue)
        row.bind(document.connection?.channelID)
        row.bind(document.connection?.channelName)
        row.bind(document.connection?.botUserID)
        row.bind(document.pause != nil)
        row.bind(document.pause?.reason)
        row.bind(document.pause?.until?.microseconds)
        row.bind(document.pause?.by)
        row.bind(document.updatedAt.microseconds)
        row.bind(document.revision)
    }

    static func document(from row: inout RowReader) throws -> BotDocument {
        let account = AccountID(stored: row.text()), platform: Platform = try row.choice()
        // The status follows from what comes now.
        _ = row.text()
        let channelID = row.textIfPresent(), channelName = row.textIfPresent(), botUserID = row.textIfPresent()
        let paused = row.bool()
        let pause = BotDocument.Pause(
            reason: row.textIfPresent(), until: row.momentIfPresent(), by: row.textIfPresent())
        return BotDocument(
            accountID: account, platform: platform,
            connection: channelID.map {
                Bot.Connection(channelID: $0, channelName: channelName ?? "", botUserID: botUserID)
            },
            pause: paused ? pause : nil, updatedAt: row.moment(), revision: row.integer())
    }
}
