import Domain
import Platforms

/// One platform's entry among the credentials:
///
///     {"token", "user_id", "login"?, "client_id"?, "client_secret"?, "refresh_token"?, "expires_at"?,
///      "api"?, "socket"?, "auth"?, "authority_file"?}
///
/// The last four say where the platform is, when it is not where everybody's is. Twitch has `chat` (`eventsub` or
/// `irc`), `event_sub` and `irc` besides, Discord `vip_roles` and `subscriber_roles`, YouTube `quota_units`.
struct BotSecret: Sendable, CustomReflectable {
    enum Ears: String, CaseIterable { case eventsub, irc }

    private static let lengthMax = 4_096

    let platform: Platform
    /// What takes effect when the worker starts only.
    let settings: Settings
    var token: Secret
    var refreshToken: Secret?
    var clientSecret: Secret?
    /// When the token ends, where that is known.
    var expiresAt: Timestamp?

    struct Settings: Equatable, Sendable {
        var clientID = "", userID = "", login = ""
        var endpoints = PlatformEndpoints(api: "")
        var twitch = TwitchEndpoints()
        var ears = Ears.eventsub
        var auth: OAuthServer?
        var roles = DiscordRoleNames()
        var quotaUnits = YouTubeQuota.unitsDefault
    }

    var customMirror: Mirror { Mirror(self, children: ["platform": platform.rawValue]) }

    /// What a new token is had with; nil when there is no way.
    var grant: (OAuthServer, OAuthGrant)? {
        guard let server = settings.auth, let refreshToken, let clientSecret, !settings.clientID.isEmpty else {
            return nil
        }
        return (
            server,
            OAuthGrant(clientID: Secret(settings.clientID), clientSecret: clientSecret, refreshToken: refreshToken)
        )
    }

    /// nil when something is wrong, which the reader has said then.
    init?(_ reader: inout ObjectReader, of platform: Platform) {
        func text(_ name: String) -> String? { reader.string(name, lengthMin: 1, lengthMax: Self.lengthMax) }
        self.platform = platform
        var settings = Settings()
        let needsClient = platform == .twitch || platform == .trovo
        let token = text("token"), user = text("user_id"), login = text("login"), client = text("client_id")
        _ = reader.require("token", token)
        _ = reader.require("user_id", user)
        if platform == .twitch { _ = reader.require("login", login) }
        if needsClient { _ = reader.require("client_id", client) }
        (settings.clientID, settings.userID, settings.login) = (client ?? "", user ?? "", login ?? "")
        clientSecret = text("client_secret").map { Secret($0) }
        refreshToken = text("refresh_token").map { Secret($0) }
        expiresAt = reader.moment("expires_at")
        let usual = Self.endpoints(of: platform)
        settings.endpoints = PlatformEndpoints(
            api: text("api") ?? usual.api, socket: text("socket") ?? usual.socket, authorityFile: text("authority_file")
        )
        settings.auth = OAuthServer.usual(of: platform)
        if let base = text("auth") { settings.auth?.base = base }
        settings.auth?.authorityFile = settings.endpoints.authorityFile
        Self.readOwn(&reader, of: platform, &settings)
        if refreshToken != nil, clientSecret == nil || settings.clientID.isEmpty, platform != .discord {
            reader.fail(
                "refresh_token", "incomplete", "needs client_id and client_secret, or no new token is had with it")
        }
        reader.refuseUnknown()
        self.settings = settings
        guard reader.failures.isEmpty, let token else { return nil }
        self.token = Secret(token)
    }

    /// What one platform has and others have not.
    private static func readOwn(_ reader: inout ObjectReader, of platform: Platform, _ settings: inout Settings) {
        switch platform {
        case .twitch:
            settings.ears = reader.choice("chat", of: Ears.self) ?? .eventsub
            settings.twitch.api = settings.endpoints.api
            settings.twitch.authorityFile = settings.endpoints.authorityFile
            let names = (event: "event_sub", irc: "irc")
            settings.twitch.eventSub = reader.string(names.event, lengthMax: lengthMax) ?? settings.twitch.eventSub
            settings.twitch.irc = reader.string(names.irc, lengthMax: lengthMax) ?? settings.twitch.irc
        case .discord:
            settings.roles = DiscordRoleNames(
                vips: ids("vip_roles", &reader), subscribers: ids("subscriber_roles", &reader))
        case .youtube:
            settings.quotaUnits = reader.integer("quota_units", in: 100...100_000_000) ?? YouTubeQuota.unitsDefault
        case .kick, .trovo: break
        }
    }

    private static func ids(_ name: String, _ reader: inout ObjectReader) -> Set<String> {
        let values = reader.array(name, countMax: 100) ?? []
        let ids = values.compactMap(\.string)
        if ids.count < values.count { reader.fail(name, "wrong_type", "must be a list of the ids of roles, as texts") }
        return Set(ids)
    }

    private static func endpoints(of platform: Platform) -> PlatformEndpoints {
        switch platform {
        case .twitch: PlatformEndpoints(api: TwitchEndpoints().api)
        case .trovo: .trovo
        case .kick: .kick
        case .youtube: .youtube
        case .discord: .discord
        }
    }
}
