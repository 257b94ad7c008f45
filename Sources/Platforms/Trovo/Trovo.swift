import Domain
import Logging
import NIOHTTP1

/// Trovo: chat comes over one WebSocket for each channel, actions are requests to its API (developer.trovo.live).
package enum Trovo {
    package static func connection(
        _ client: APIClient, endpoints: PlatformEndpoints = .trovo, bot: BotCredentials,
        rest: ReconnectRest = ReconnectRest(), log: Logger = Logger(label: "trovo.actions")
    ) -> BotConnection {
        let api = APIAccess(
            client, base: endpoints.api, token: bot.access, secrets: [bot.clientID],
            isExpired: { $0.status == 401 || $0.trovoStatus == TrovoStatus.tokenExpired }
        ) { token in
            ["Client-ID": bot.clientID.exposed, "Authorization": "OAuth \(token.exposed)"]
        }
        let names = TrovoNames(api)
        return BotConnection(
            hands: APIActions(api, TrovoDialect(names: names), log: log),
            ears: TrovoEars(api, endpoints: endpoints, bot: bot, names: names, rest: rest))
    }
}

/// The numbers by which Trovo tells errors apart.
enum TrovoStatus {
    static let rateLimit = 11706
    static let tokenExpired = 11714
    static let repeatedText = 10908
    /// Of the token: wrong, without the scope, of another application.
    static let refused: Set<Int> = [11703, 11704, 11705, 11710, tokenExpired]
}

enum TrovoLimits {
    static let messageLengthMax = 300
    static let timeoutSeconds = 1...1_209_600
}

extension APIAnswer {
    /// The `status` within an error's body.
    var trovoStatus: Int? { body?["status"]?.integer }

    var trovoReason: String {
        let message = body?["message"]?.string ?? body?["error"]?.string ?? ""
        return message.isEmpty ? "Trovo answered \(status)" : "\(message) (\(trovoStatus ?? Int(status)))"
    }
}
