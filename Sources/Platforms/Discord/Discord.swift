import Domain
import Logging
import NIOHTTP1

/// Discord: one WebSocket (the gateway) brings what is said in all servers, actions are requests (API version 10).
package enum Discord {
    /// - Parameter identifyEvery: how long Discord wants to wait between two fresh sessions.
    package static func connection(
        _ client: APIClient, endpoints: PlatformEndpoints = .discord, bot: BotCredentials,
        roles: DiscordRoleNames = DiscordRoleNames(), rest: ReconnectRest = ReconnectRest(),
        identifyEvery: Duration = .seconds(5), log: Logger = Logger(label: "discord.actions")
    ) -> BotConnection {
        let api = APIAccess(client, base: endpoints.api, token: bot.access, gate: DiscordGate()) { token in
            [
                "Authorization": "Bot \(token.exposed)",
                // Discord wants to know who is to be asked when a bot misbehaves.
                "User-Agent": "DiscordBot (Lumio Bot Control, 1)",
            ]
        }
        let guilds = DiscordGuilds(roles: roles)
        return BotConnection(
            hands: APIActions(api, DiscordDialect(api: api, guilds: guilds), log: log),
            ears: DiscordEars(
                api, endpoints: endpoints, bot: bot, guilds: guilds, rest: rest, identifyEvery: identifyEvery))
    }
}

/// Which roles of a server, by their ids, mean what moderators exempt. Discord's moderators are known by their rights.
package struct DiscordRoleNames: Equatable, Sendable {
    package var vips: Set<String> = [], subscribers: Set<String> = []

    package init(vips: Set<String> = [], subscribers: Set<String> = []) {
        (self.vips, self.subscribers) = (vips, subscribers)
    }
}

enum DiscordLimits {
    static let messageLengthMax = 2_000
    static let reasonLengthMax = 512
    /// 28 days.
    static let timeoutSeconds = 1...2_419_200

    static func clamped(_ seconds: Int) -> Int {
        min(max(seconds, timeoutSeconds.lowerBound), timeoutSeconds.upperBound)
    }
}

/// What of the gateway is wanted: servers, what is said there, and its text.
enum DiscordIntents {
    /// `guildModeration` tells of bans, to a bot that may ban or see the audit log.
    static let guilds = 1 << 0, guildModeration = 1 << 2, guildMessages = 1 << 9, messageContent = 1 << 15
    static let all = guilds | guildModeration | guildMessages | messageContent
}

/// The rights of which each makes a moderator.
enum DiscordRights {
    static let administrator = 1 << 3
    /// To kick, to ban, to manage the server or its messages, to time out.
    static let moderator: Int = administrator | 1 << 1 | 1 << 2 | 1 << 5 | 1 << 13 | 1 << 40
}

extension APIAnswer {
    /// The `code` within an error's body.
    var discordCode: Int? { body?["code"]?.integer }

    var discordReason: String {
        let message = body?["message"]?.string ?? ""
        return message.isEmpty ? "Discord answered \(status)" : "\(message) (\(discordCode ?? Int(status)))"
    }

    /// After a 429, in seconds; a fraction counts.
    var discordWaitSeconds: Double {
        let said: Double? = if case .number(let literal)? = body?["retry_after"] { Double(literal) } else { nil }
        let seconds = said ?? seconds("X-RateLimit-Reset-After") ?? retryAfterSeconds ?? 1
        return seconds.isFinite ? min(max(seconds, 0.05), 3600) : 1
    }

    /// Whether it is the limit of everything that the bot does.
    var isDiscordGlobal: Bool {
        body?["global"]?.bool == true || headers.first(name: "X-RateLimit-Scope") == "global"
    }
}
