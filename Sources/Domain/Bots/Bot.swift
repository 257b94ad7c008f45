/// A bot's connection to one platform, seen from one account.
package enum Bot {
    package static let reasonLengthMax = 500
    package static let channelLengthMax = 200
}

extension Bot {
    package enum Event: DomainEvent {
        case connected(Connection)
        case disconnected
        case paused(reason: String?, until: Timestamp?)
        /// `scheduled`: the pause had an end, and it has come.
        case resumed(reason: String?, scheduled: Bool)

        /// They are the storage format: never edit one, add a case and keep the old readable.
        package enum Name: String, CaseIterable, Sendable {
            case connected = "bot.connected"
            case disconnected = "bot.disconnected"
            case paused = "bot.paused"
            case resumed = "bot.resumed"
        }

        package var name: Name {
            switch self {
            case .connected: .connected
            case .disconnected: .disconnected
            case .paused: .paused
            case .resumed: .resumed
            }
        }

        package func encode(into writer: inout JSONWriter) {
            switch self {
            case .connected(let connection):
                writer.member("channel_id", connection.channelID)
                writer.member("bot_user_id", ifPresent: connection.botUserID)
                Personal.encode(["channel_name": connection.channelName], into: &writer)
            case .disconnected: break
            case .paused(let reason, let until):
                writer.member("until", ifPresent: until?.description)
                Personal.encode(["reason": reason], into: &writer)
            case .resumed(let reason, let scheduled):
                if scheduled { writer.member("scheduled", true) }
                Personal.encode(["reason": reason], into: &writer)
            }
        }

        package init(_ name: Name, _ data: StoredObject) throws {
            switch name {
            case .connected:
                self = .connected(
                    Connection(
                        channelID: try data.require("channel_id", StoredObject.string),
                        channelName: try Personal.read(data).require("channel_name"),
                        botUserID: try data.string("bot_user_id")))
            case .disconnected: self = .disconnected
            case .paused:
                self = .paused(reason: try Personal.read(data).string("reason"), until: try data.moment("until"))
            case .resumed:
                self = .resumed(
                    reason: try Personal.read(data).string("reason"), scheduled: try data.bool("scheduled") ?? false)
            }
        }
    }

    /// The platform's channel that the bot sits in.
    package struct Connection: Equatable, Sendable {
        package let channelID: String, channelName: String
        /// The bot's own user on the platform, when it is not the provider's.
        package let botUserID: String?

        package init(channelID: String, channelName: String, botUserID: String?) {
            (self.channelID, self.channelName, self.botUserID) = (channelID, channelName, botUserID)
        }
    }
}
