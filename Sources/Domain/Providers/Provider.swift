/// One platform as a whole: its kill switch, its three flags, and the bot's identity there.
package enum Provider {
    package static let reasonLengthMax = 500
    package static let ticketLengthMax = 100
    package static let usernameLengthMax = 100

    /// What can be switched. `platform` off halts everything there; `login` and `channel` gate new ones; `bot` halts
    /// the bots.
    package enum Flag: String, CaseIterable, Sendable {
        case platform, login, channel, bot
    }

    /// Who the bot is on the platform; never a token.
    package struct BotIdentity: Equatable, Sendable {
        package let username: String, userID: String

        package init(username: String, userID: String) {
            (self.username, self.userID) = (username, userID)
        }
    }
}

extension Provider {
    package enum Event: DomainEvent {
        case switched(flag: Flag, enabled: Bool, reason: String, ticket: String?)
        case botIdentityLinked(BotIdentity)
        case botIdentityUnlinked

        /// They are the storage format: never edit one, add a case and keep the old readable.
        package enum Name: String, CaseIterable, Sendable {
            case switched = "provider.switched"
            case botIdentityLinked = "provider.bot_identity_linked"
            case botIdentityUnlinked = "provider.bot_identity_unlinked"
        }

        package var name: Name {
            switch self {
            case .switched: .switched
            case .botIdentityLinked: .botIdentityLinked
            case .botIdentityUnlinked: .botIdentityUnlinked
            }
        }

        package func encode(into writer: inout JSONWriter) {
            switch self {
            case .switched(let flag, let enabled, let reason, let ticket):
                writer.member("flag", flag.rawValue)
                writer.member("enabled", enabled)
                writer.member("ticket", ifPresent: ticket)
                Personal.encode(["reason": reason], into: &writer)
            case .botIdentityLinked(let identity):
                writer.member("user_id", identity.userID)
                Personal.encode(["username": identity.username], into: &writer)
            case .botIdentityUnlinked: break
            }
        }

        package init(_ name: Name, _ data: StoredObject) throws {
            switch name {
            case .switched:
                self = .switched(
                    flag: try data.require("flag", StoredObject.flag),
                    enabled: try data.require("enabled", StoredObject.bool),
                    reason: try Personal.read(data).require("reason"),
                    ticket: try data.string("ticket"))
            case .botIdentityLinked:
                self = .botIdentityLinked(
                    BotIdentity(
                        username: try Personal.read(data).require("username"),
                        userID: try data.require("user_id", StoredObject.string)))
            case .botIdentityUnlinked: self = .botIdentityUnlinked
            }
        }
    }
}

extension StoredObject {
    fileprivate func flag(_ name: StaticString) throws -> Provider.Flag? {
        try choice(name, of: Provider.Flag.self)
    }
}
