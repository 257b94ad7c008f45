import Domain
import Logging
import NIOHTTP1

/// Kick: chat comes by webhooks that the server takes in, actions are requests to its API (docs.kick.com).
package enum Kick {
    /// - Parameter checkEvery: how often Kick is asked whether it still sends.
    package static func connection(
        _ client: APIClient, endpoints: PlatformEndpoints = .kick, bot: BotCredentials, inbox: KickInbox = KickInbox(),
        rest: ReconnectRest = ReconnectRest(), checkEvery: Duration = .seconds(300),
        log: Logger = Logger(label: "kick.actions")
    ) -> BotConnection {
        let api = APIAccess(client, base: endpoints.api, token: bot.access, secrets: [bot.clientID]) { token in
            ["Authorization": "Bearer \(token.exposed)"]
        }
        return BotConnection(
            hands: APIActions(api, KickDialect(), log: log),
            ears: KickEars(api, bot: bot, inbox: inbox, rest: rest, checkEvery: checkEvery))
    }
}

enum KickLimits {
    static let messageLengthMax = 500
    static let reasonLengthMax = 100
    static let timeoutMinutes = 1...10_080

    /// Kick counts in minutes: a part of one is a whole one.
    static func minutes(_ seconds: Int) -> Int {
        let minutes = seconds / 60 + (seconds % 60 > 0 ? 1 : 0)
        return min(max(minutes, timeoutMinutes.lowerBound), timeoutMinutes.upperBound)
    }
}

extension APIAnswer {
    var kickReason: String {
        let message = body?["message"]?.string ?? ""
        return message.isEmpty ? "Kick answered \(status)" : "\(message) (\(status))"
    }
}
