import Domain
import NIOHTTP1

/// Where a platform gives new tokens for a refresh token (RFC 6749, section 6), and how it wants to be asked.
package struct OAuthServer: Equatable, Sendable {
    package enum Style: Sendable {
        /// A form with the application's id and secret in it, as the standard has it.
        case form
        /// JSON, with the application's id in a header: Trovo's own way.
        case trovo
    }

    /// Scheme and host, and whatever stands before the path.
    package var base: String
    package var path: String
    package var style = Style.form
    package var authorityFile: String?

    package init(base: String, path: String, style: Style = .form, authorityFile: String? = nil) {
        (self.base, self.path, self.style, self.authorityFile) = (base, path, style, authorityFile)
    }

    /// nil where tokens do not end.
    package static func usual(of platform: Platform) -> OAuthServer? {
        switch platform {
        case .twitch: OAuthServer(base: "https://id.twitch.tv", path: "/oauth2/token")
        case .youtube: OAuthServer(base: "https://oauth2.googleapis.com", path: "/token")
        case .kick: OAuthServer(base: "https://id.kick.com", path: "/oauth/token")
        case .trovo:
            OAuthServer(base: "https://open-api.trovo.live", path: "/openplatform/refreshtoken", style: .trovo)
        case .discord: nil
        }
    }
}

/// What a bot's owner has once agreed to, by which new tokens are had.
package struct OAuthGrant: Equatable, Sendable {
    package let clientID: Secret, clientSecret: Secret, refreshToken: Secret

    package init(clientID: Secret, clientSecret: Secret, refreshToken: Secret) {
        (self.clientID, self.clientSecret, self.refreshToken) = (clientID, clientSecret, refreshToken)
    }

    func hidden(in text: String) -> String {
        refreshToken.hidden(in: clientSecret.hidden(in: clientID.hidden(in: text)))
    }
}

package struct OAuthTokens: Equatable, Sendable {
    package let access: Secret
    /// nil when the old one stays good.
    package let refresh: Secret?
    /// nil when the platform does not say.
    package let expiresInSeconds: Int?
}

/// Why there is no new token.
package enum OAuthRefusal: Error, Equatable, Sendable {
    /// The grant is over or wrong: its owner has to agree again.
    case refused(reason: String)
    /// Nobody knows; later it may work.
    case unavailable(reason: String)

    package var reason: String {
        switch self {
        case .refused(let reason), .unavailable(let reason): reason
        }
    }
}
