import Domain

/// As whom a bot speaks to a platform. No description shows the token or the client's id.
package struct BotCredentials: Sendable {
    /// Of the application, where the platform wants to see it; else empty.
    package let clientID: Secret
    /// Where the newest token is kept.
    package let access: BotToken
    /// Of the bot.
    package let userID: String
    package let login: String

    package init(clientID: String, token: String, userID: String, login: String) {
        self.init(clientID: clientID, access: BotToken(Secret(token)), userID: userID, login: login)
    }

    package init(clientID: String = "", access: BotToken, userID: String, login: String) {
        (self.clientID, self.access) = (Secret(clientID), access)
        (self.userID, self.login) = (userID, login.lowercased())
    }

    /// Without `oauth:` or `Bearer` before it.
    package var token: Secret { access.current }

    /// A text of somebody else, in case it repeats a secret.
    func hidden(in text: String) -> String { clientID.hidden(in: access.hidden(in: text)) }
}

/// Where a platform is; tests name a fake on loopback.
package struct PlatformEndpoints: Equatable, Sendable {
    package var api: String
    /// Of the WebSocket that brings chat, where there is one.
    package var socket = ""
    /// A file (PEM) of one more authority to trust, for proxies and tests.
    package var authorityFile: String?

    package init(api: String, socket: String = "", authorityFile: String? = nil) {
        (self.api, self.socket, self.authorityFile) = (api, socket, authorityFile)
    }

    package static let trovo = PlatformEndpoints(
        api: "https://open-api.trovo.live/openplatform", socket: "wss://open-chat.trovo.live/chat")
    package static let kick = PlatformEndpoints(api: "https://api.kick.com")
    package static let youtube = PlatformEndpoints(api: "https://www.googleapis.com")
    package static let discord = PlatformEndpoints(
        api: "https://discord.com/api/v10", socket: "wss://gateway.discord.gg/?v=10&encoding=json")
}

/// A bot on one platform: what it hears by, and what it acts with.
package struct BotConnection: Sendable {
    package let hands: any ChatActing
    package let ears: any ChatListening

    package init(hands: any ChatActing, ears: any ChatListening) {
        (self.hands, self.ears) = (hands, ears)
    }
}
