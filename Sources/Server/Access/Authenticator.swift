import Domain
import Runtime

/// Finds out who is calling from the header `Authorization`: signed tokens and API keys.
package final class Authenticator: Sendable {
    package static let cachedMax = 10_000
    /// How long an API key is taken from memory, so that its last use stays known to a minute or two.
    static let keyCachedSeconds = 60.0

    private let signingKey: SigningKey
    private let runtime: RuntimeStore
    private let keySet: KeySetSource?
    private let clock: WallClock
    private let callers = VerifiedCallers(countMax: cachedMax)

    /// - Parameter keySet: whose signatures are taken besides our own; nil for nobody's.
    package init(
        signingKey: SigningKey, runtime: RuntimeStore, keySet: KeySetSource? = nil, clock: WallClock = .system
    ) {
        (self.signingKey, self.runtime, self.keySet, self.clock) = (signingKey, runtime, keySet, clock)
    }

    /// The caller if this header was verified before and nothing has changed since; nil says: ask `authenticate`.
    package func cached(_ authorization: String) -> Caller? {
        guard authorization.utf8.count <= Credential.headerBytesMax else { return nil }
        guard let entry = callers.entry(authorization) else { return nil }
        guard entry.expiresAt > clock.now, entry.epoch == epoch else {
            callers.remove(authorization)
            return nil
        }
        if entry.isFromKeySet, keySet?.isDue == true { return nil }
        return entry.caller
    }

    /// - Parameter authorization: the header's value; nil when there is none.
    package func authenticate(_ authorization: String?) async throws(AuthenticationFailed) -> Caller {
        guard let authorization else { throw AuthenticationFailed(.missing) }
        if let caller = cached(authorization) { return caller }
        let credential = try Credential(authorization)
        if await refreshKeySet(for: credential), let caller = cached(authorization) { return caller }
        return try remember(authorization) { () throws(AuthenticationFailed) in try verify(credential) }
    }

    /// For somebody who signs in: who it is, until when, and what shows it.
    func vouch(_ authorization: String) async throws(AuthenticationFailed) -> Voucher {
        let credential = try Credential(authorization)
        _ = await refreshKeySet(for: credential)
        let verified = try verify(credential)
        return Voucher(caller: verified.caller, expiresAt: verified.endsAt, origin: verified.origin)
    }

    /// - Returns: true when there was reason to.
    private func refreshKeySet(for credential: Credential) async -> Bool {
        guard case .signed(let token) = credential, token.algorithm != .hs256, let keySet else { return false }
        await keySet.refresh(for: token)
        return true
    }

    /// What an answer rests on is read before it is worked out: a change in between makes it be worked out again.
    private func remember(
        _ authorization: String, _ verify: () throws(AuthenticationFailed) -> Verified
    ) throws(AuthenticationFailed) -> Caller {
        let epoch = epoch
        let verified = try verify()
        callers.keep(
            VerifiedCallers.Entry(
                caller: verified.caller, expiresAt: verified.expiresAt, epoch: epoch,
                isFromKeySet: verified.isFromKeySet, headerBytesCount: authorization.utf8.count),
            for: authorization)
        return verified.caller
    }

    private var epoch: VerifiedCallers.Epoch {
        VerifiedCallers.Epoch(access: runtime.accessVersion, keySet: keySet?.version ?? 0)
    }
}

/// Who showed a credential, when it ends by itself, and which one it is.
struct Voucher: Sendable {
    let caller: Caller, expiresAt: Timestamp, origin: Session.Origin
}

/// A caller, how long that may be remembered, when the credential ends, and whose signature said so.
private struct Verified {
    let caller: Caller, expiresAt: Timestamp, endsAt: Timestamp, origin: Session.Origin
    var isFromKeySet = false
}

extension Authenticator {
    private func verify(_ credential: Credential) throws(AuthenticationFailed) -> Verified {
        switch credential {
        case .key(let secret): try verify(secret)
        case .signed(let token): try verify(token)
        case .session(let secret): try verify(secret)
        }
    }

    private func verify(_ secret: KeySecret) throws(AuthenticationFailed) -> Verified {
        let now = clock.now
        guard let key = runtime.key(secret.digest) else { throw AuthenticationFailed(.invalid) }
        switch key.state(at: now) {
        case .revoked: throw AuthenticationFailed(.revoked)
        case .expired: throw AuthenticationFailed(.expired)
        case .active: runtime.touchKey(id: key.id)
        }
        let expiresAt = min(key.expiresAt ?? .latest, now.adding(seconds: Self.keyCachedSeconds))
        return Verified(
            caller: Caller(key), expiresAt: expiresAt, endsAt: key.expiresAt ?? .latest, origin: .key(id: key.id))
    }

    /// The key that a session rests on may end before the session: it is remembered no longer than the key would be.
    private func verify(_ secret: SessionSecret) throws(AuthenticationFailed) -> Verified {
        guard let session = runtime.session(secret.digest, .browser) else { throw AuthenticationFailed(.expired) }
        let expiresAt = min(session.expiresAt, clock.now.adding(seconds: Self.keyCachedSeconds))
        return Verified(
            caller: session.caller, expiresAt: expiresAt, endsAt: session.expiresAt, origin: session.origin)
    }

    /// The signature comes first: whoever forged the rest learns nothing of it.
    private func verify(_ token: JSONWebToken) throws(AuthenticationFailed) -> Verified {
        let isLocal = token.algorithm == .hs256
        guard isLocal ? signingKey.isValid(token.signature, for: token.signingInput) : isInKeySet(token),
            let claims = TokenClaims(token.payload)
        else { throw AuthenticationFailed(.invalid) }
        let now = clock.now
        guard claims.expiresAt > now else { throw AuthenticationFailed(.expired) }
        guard claims.notBefore.map({ $0 <= now }) ?? true else { throw AuthenticationFailed(.invalid) }
        if let id = claims.tokenID, runtime.isTokenRevoked(id: id) { throw AuthenticationFailed(.revoked) }
        guard !claims.isSystemKey || claims.tokenID != nil else { throw AuthenticationFailed(.invalid) }
        return Verified(
            caller: Caller(claims, isLocal: isLocal), expiresAt: claims.expiresAt, endsAt: claims.expiresAt,
            origin: .token(id: claims.tokenID), isFromKeySet: !isLocal)
    }

    private func isInKeySet(_ token: JSONWebToken) -> Bool { keySet?.keys.verifies(token) ?? false }
}

extension Caller {
    fileprivate init(_ key: APIKey) {
        self.init(
            actor: Actor(kind: .key, id: key.id, display: key.name), account: key.account, role: key.role,
            permissions: key.permissions, isSystemAdmin: false, isSystemKey: key.kind == .system)
    }

    /// Only our own signature makes a program of ours: the issuers of a key set sign for people.
    fileprivate init(_ claims: TokenClaims, isLocal: Bool) {
        let isSystemKey = isLocal && claims.isSystemKey
        self.init(
            actor: Actor(kind: isSystemKey ? .key : .user, id: claims.subject, display: claims.name),
            account: claims.account, role: claims.role, permissions: claims.permissions,
            isSystemAdmin: claims.isSystemAdmin, isSystemKey: isSystemKey)
    }
}
