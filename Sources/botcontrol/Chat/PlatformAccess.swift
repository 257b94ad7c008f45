import Domain
import Logging
import Platforms
import Worker

/// How a worker hears and acts on the platforms that it has credentials of.
extension CredentialKeeper {
    /// - Parameters:
    ///   - hears: false where chat comes another way.
    ///   - inbox: where the messages of Kick come that the server of this process takes in.
    func access(hears: Bool, inbox: KickInbox = KickInbox(), logger: Logger) -> [Platform: ChatPlane.Access] {
        var access: [Platform: ChatPlane.Access] = [:]
        for (platform, secret) in secrets {
            guard let token = token(of: platform) else { continue }
            let settings = secret.settings
            let bot = BotCredentials(
                clientID: settings.clientID, access: token, userID: settings.userID, login: settings.login)
            let connection =
                platform == .twitch
                ? Self.twitch(settings, bot, logger) : Self.connection(platform, settings, bot, inbox, logger)
            access[platform] = ChatPlane.Access(
                hands: connection.hands, ears: hears ? connection.ears : nil,
                streams: connection.hands as? any StreamWatching)
        }
        return access
    }

    private static func twitch(_ settings: BotSecret.Settings, _ bot: BotCredentials, _ logger: Logger) -> BotConnection
    {
        let client = HelixClient(endpoints: settings.twitch)
        let ears: any ChatListening =
            switch settings.ears {
            case .eventsub: TwitchEventSub(client: client, bot: bot)
            case .irc: TwitchIRC(endpoints: settings.twitch, bot: bot)
            }
        return BotConnection(hands: TwitchActions(client: client, bot: bot, log: logger), ears: ears)
    }

    private static func connection(
        _ platform: Platform, _ settings: BotSecret.Settings, _ bot: BotCredentials, _ inbox: KickInbox,
        _ logger: Logger
    ) -> BotConnection {
        let (endpoints, client) = (settings.endpoints, APIClient(authorityFile: settings.endpoints.authorityFile))
        return switch platform {
        case .twitch: twitch(settings, bot, logger)
        case .trovo: Trovo.connection(client, endpoints: endpoints, bot: bot, log: logger)
        case .kick: Kick.connection(client, endpoints: endpoints, bot: bot, inbox: inbox, log: logger)
        case .discord: Discord.connection(client, endpoints: endpoints, bot: bot, roles: settings.roles, log: logger)
        case .youtube:
            YouTube.connection(
                client, endpoints: endpoints, bot: bot, quota: YouTubeQuota(unitsMax: settings.quotaUnits), log: logger)
        }
    }
}
