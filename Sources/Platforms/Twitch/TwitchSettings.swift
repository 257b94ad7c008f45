import Domain

/// Where Twitch is; tests name a fake on loopback.
package struct TwitchEndpoints: Equatable, Sendable {
    package var api = "https://api.twitch.tv"
    package var eventSub = "wss://eventsub.wss.twitch.tv/ws"
    /// `ircs` is TLS, `irc` is not.
    package var irc = "ircs://irc.chat.twitch.tv:6697"
    /// A file (PEM) of one more authority to trust, for proxies and tests.
    package var authorityFile: String?

    package init() {}
}

/// As whom a bot speaks to Twitch. No description shows the token or the client's id.
package struct TwitchCredentials: Sendable {
    package let clientID: Secret
    /// Without `oauth:` or `Bearer` before it.
    package let token: Secret
    /// Of the bot.
    package let userID: String
    package let login: String

    package init(clientID: String, token: String, userID: String, login: String) {
        (self.clientID, self.token) = (Secret(clientID), Secret(token))
        (self.userID, self.login) = (userID, login.lowercased())
    }

    /// A text of somebody else, in case it repeats a secret.
    func hidden(in text: String) -> String { clientID.hidden(in: token.hidden(in: text)) }
}

/// How often one bot may send into one channel, and join (dev.twitch.tv, "Rate Limits").
package enum TwitchLimits {
    package static let messageLengthMax = 500
    package static let reasonLengthMax = 500
    package static let timeoutSeconds = 1...1_209_600

    /// - Parameter roles: of the bot in that channel.
    package static func messages(as roles: ChatRoles) -> RateLimit {
        let trusted = !roles.isDisjoint(with: [.broadcaster, .moderator])
        return RateLimit(count: trusted ? 100 : 20, seconds: 30)
    }

    package static let joins = RateLimit(count: 20, seconds: 10)
    /// Subscriptions that one connection carries.
    package static let channelsPerConnectionMax = 300
}
