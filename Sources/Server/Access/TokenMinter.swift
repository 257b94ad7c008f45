import Domain
import Foundation

/// What a token is to say about its holder.
package struct TokenGrant: Equatable, Sendable {
    package var subject: String
    package var name: String?
    package var account: AccountID?
    /// A label for people. It authorises nothing.
    package var role: String?
    package var permissions: Set<Permission>
    package var isSystemAdmin: Bool
    package var isSystemKey: Bool

    package init(
        subject: String, name: String? = nil, account: AccountID? = nil, role: String? = nil,
        permissions: Set<Permission> = [], isSystemAdmin: Bool = false, isSystemKey: Bool = false
    ) {
        (self.subject, self.name, self.account, self.role) = (subject, name, account, role)
        (self.permissions, self.isSystemAdmin, self.isSystemKey) = (permissions, isSystemAdmin, isSystemKey)
    }
}

/// A signed token, and what it takes to revoke it.
package struct MintedToken: Sendable {
    package static let prefix = "lm_"
    /// `lm_` and the JWT.
    package let text: String
    /// The claim `jti`.
    package let id: String
    package let expiresAt: Timestamp
}

/// Signs tokens with the local secret (HS256).
package struct TokenMinter: Sendable {
    private let key: SigningKey
    private let clock: WallClock

    package init(key: SigningKey, clock: WallClock = .system) {
        (self.key, self.clock) = (key, clock)
    }

    /// - Parameter lifetimeSeconds: from now; short-lived tokens have 900.
    package func mint(_ grant: TokenGrant, lifetimeSeconds: Int) -> MintedToken {
        let issuedAt = clock.now.microseconds / 1_000_000
        let expiresAt = issuedAt + min(lifetimeSeconds, Timestamp.latest.microseconds / 1_000_000 - issuedAt)
        let id = UUID().uuidString.lowercased()
        let payload = TokenClaims.encode(grant, tokenID: id, issuedAt: issuedAt, expiresAt: expiresAt)
        let input = Base64URL.encode(#"{"alg":"HS256","typ":"JWT"}"#.utf8) + "." + Base64URL.encode(payload)
        let signature = Base64URL.encode(key.sign(Array(input.utf8)))
        return MintedToken(
            text: "\(MintedToken.prefix)\(input).\(signature)", id: id,
            expiresAt: Timestamp(microseconds: expiresAt * 1_000_000))
    }
}
