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

package typealias TwitchCredentials = BotCredentials

/// How often one bot may send into one channel, and join (dev.twitch.tv, "Rate Limits").
package enum TwitchLimits {
    package static let messageLengthMax = 500
    package static let reasonLengthMax = 500
    package static let timeoutSeconds = 1...1_209_600

    /// The length that Twitch can set.
    static func clamped(_ seconds: Int) -> Int {
        min(max(seconds, timeoutSeconds.lowerBound), timeoutSeconds.upperBound)
    }

    /// - Parameter roles: of the bot in that channel.
    package static func messages(as roles: ChatRoles) -> RateLimit {
        let trusted = !roles.isDisjoint(with: [.broadcaster, .moderator])
        return RateLimit(count: trusted ? 100 : 20, seconds: 30)
    }

    package static let joins = RateLimit(count: 20, seconds: 10)
    /// Subscriptions that one connection carries.
    package static let channelsPerConnectionMax = 300
}
