import Domain
import HTTPTypes

/// The door: who is it, and has he come too often?
struct Gate: Sendable {
    let authenticator: Authenticator
    let limiter: RateLimiter

    /// - Throws: `APIError` 401 or 429.
    func admit(_ authorization: String?, address: String?, budget: Operation.Budget) async throws -> Caller {
        let caller = try await identify(authorization, address: address, budget: budget)
        try charge(caller, budget)
        return caller
    }

    /// - Throws: `APIError` 429 when the caller has used up this budget.
    func charge(_ caller: Caller, _ budget: Operation.Budget) throws {
        try refuse(limiter.admit(caller, budget == .emergency ? .emergency : .ordinary))
    }

    /// Who it is, without counting that he came.
    ///
    /// - Throws: `APIError` 401.
    func identify(
        _ authorization: String?, address: String?, budget: Operation.Budget
    ) async throws -> Caller {
        // Who sends nothing guesses nothing.
        guard let authorization else { throw Self.unauthorized(AuthenticationFailed(.missing)) }
        if let caller = authenticator.cached(authorization) { return caller }
        let address = address.map { ClientAddress($0) }
        // Behind a proxy all have one address: whoever guesses there must not keep others from stopping a bot.
        if let address, budget == .ordinary { try refuse(limiter.admitsAuthentication(from: address)) }
        do throws(AuthenticationFailed) {
            return try await authenticator.authenticate(authorization)
        } catch {
            if let address, error.reason != .missing { limiter.recordFailedAuthentication(from: address) }
            throw Self.unauthorized(error)
        }
    }

    private static func unauthorized(_ error: AuthenticationFailed) -> APIError {
        APIError(.unauthorized, AuthenticationFailed.code, error.message, headers: [.wwwAuthenticate: "Bearer"])
    }

    private func refuse(_ admission: Admission) throws {
        guard case .limited(let seconds) = admission else { return }
        throw APIError(
            .tooManyRequests, "rate_limited", "too many requests: wait \(seconds) s, then go on slower",
            headers: [.retryAfter: String(seconds)])
    }
}
