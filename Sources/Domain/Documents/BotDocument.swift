/// A bot on one platform: connection and pause only; what comes of them and of the provider's switches is computed.
package struct BotDocument: FeedDocument {
    package static let kind = Category.bot

    package let accountID: AccountID, platform: Platform
    package var connection: Bot.Connection?
    package var pause: Pause?
    package var updatedAt: Timestamp
    package var revision: Int

    package struct Pause: Equatable, Sendable {
        package let reason: String?, until: Timestamp?
        /// The actor's id.
        package let by: String?

        package init(reason: String?, until: Timestamp?, by: String?) {
            (self.reason, self.until, self.by) = (reason, until, by)
        }
    }

    package init(
        accountID: AccountID, platform: Platform, connection: Bot.Connection?, pause: Pause?, updatedAt: Timestamp,
        revision: Int
    ) {
        (self.accountID, self.platform, self.connection) = (accountID, platform, connection)
        (self.pause, self.updatedAt, self.revision) = (pause, updatedAt, revision)
    }

    package var status: BotStatus {
        connection == nil ? .noConnection : (pause == nil ? .active : .paused)
    }

    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("account_id", accountID.rawValue)
            object.member("platform", platform.rawValue)
            object.member("connected", connection != nil)
            object.member("channel_id", orNull: connection?.channelID)
            object.member("channel_name", orNull: connection?.channelName)
            object.member("bot_user_id", orNull: connection?.botUserID)
            object.member("paused", pause != nil)
            object.member("paused_reason", orNull: pause?.reason)
            object.member("paused_until", orNull: pause?.until?.description)
            object.member("paused_by", orNull: pause?.by)
            object.member("updated_at", updatedAt.description)
            object.member("revision", revision)
        }
    }
}

/// What an operator sees of a bot: the seeds' three badges.
package enum BotStatus: String, CaseIterable, Sendable {
    case active, paused
    case noConnection = "no_connection"
}

/// Whether a bot acts, once the provider's switches are counted in.
package enum EffectiveState: String, CaseIterable, Sendable {
    case running, paused
    case haltedByProvider = "halted_by_provider"
    case noConnection = "no_connection"

    /// - Parameter providerAllowsBots: platform and bot flag are both on.
    package init(_ status: BotStatus, providerAllowsBots: Bool) {
        self =
            switch status {
            case .noConnection: .noConnection
            case _ where !providerAllowsBots: .haltedByProvider
            case .paused: .paused
            case .active: .running
            }
    }
}

extension BotDocument {
    package init(decoding object: StoredObject) throws {
        let connected = try object.require("connected", StoredObject.bool)
        let paused = try object.require("paused", StoredObject.bool)
        self.init(
            accountID: AccountID(stored: try object.require("account_id", StoredObject.string)),
            platform: try object.choice("platform"),
            connection: connected
                ? Bot.Connection(
                    channelID: try object.require("channel_id", StoredObject.string),
                    channelName: try object.require("channel_name", StoredObject.string),
                    botUserID: try object.string("bot_user_id")) : nil,
            pause: paused
                ? Pause(
                    reason: try object.string("paused_reason"), until: try object.momentIfPresent("paused_until"),
                    by: try object.string("paused_by")) : nil,
            updatedAt: try object.moment("updated_at"), revision: try object.require("revision", StoredObject.integer))
    }
}
