import Domain
import Logging
import NIOHTTP1

/// YouTube Live: chat is asked for page by page, actions are requests (developers.google.com/youtube/v3/live).
package enum YouTube {
    /// - Parameters:
    ///   - quota: what Google lets the project spend, shared by all its bots.
    ///   - findEvery: how often a channel that is not live is looked at again.
    package static func connection(
        _ client: APIClient, endpoints: PlatformEndpoints = .youtube, bot: BotCredentials,
        quota: YouTubeQuota = YouTubeQuota(), rest: ReconnectRest = ReconnectRest(),
        findEvery: Duration = .seconds(300), log: Logger = Logger(label: "youtube.actions")
    ) -> BotConnection {
        let api = APIAccess(client, base: endpoints.api, token: bot.access, gate: quota) { token in
            ["Authorization": "Bearer \(token.exposed)"]
        }
        let chats = YouTubeChats(api)
        return BotConnection(
            hands: APIActions(api, YouTubeDialect(chats: chats), log: log),
            ears: YouTubeEars(api, bot: bot, chats: chats, quota: quota, rest: rest, findEvery: findEvery))
    }
}

enum YouTubeLimits {
    static let messageLengthMax = 200
    static let timeoutSeconds = 1...1_209_600

    static func clamped(_ seconds: Int) -> Int {
        min(max(seconds, timeoutSeconds.lowerBound), timeoutSeconds.upperBound)
    }
}

extension APIAnswer {
    /// The first `reason` of an error, by which YouTube tells them apart.
    var youTubeCode: String { body?["error"]?["errors"]?.array?.first?["reason"]?.string ?? "" }

    var youTubeReason: String {
        let message = body?["error"]?["message"]?.string ?? "", code = youTubeCode
        if message.isEmpty { return code.isEmpty ? "YouTube answered \(status)" : "\(code) (\(status))" }
        return "\(message) (\(code.isEmpty ? "\(status)" : code))"
    }

    /// The day's quota is spent, whoever spent it.
    var isYouTubeSpent: Bool { ["quotaExceeded", "dailyLimitExceeded"].contains(youTubeCode) }

    var isYouTubeLimit: Bool {
        status == 429
            || ["rateLimitExceeded", "userRateLimitExceeded", "userRequestsExceedRateLimit"].contains(youTubeCode)
    }
}
