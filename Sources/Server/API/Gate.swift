import Domain
import HTTPTypes

/// The door: who is it, and has he come too often?
struct Gate: Sendable {
    let authenticator: Authenticator
    let limiter: RateLimiter

    /// - Throws: `APIError` 401 or 429.
    func admit(_ authorization: String?, address: String?, budget: Operation.Budget) async throws -> Caller {
        let caller = try await identify(authorization, address: address)
        try refuse(limiter.admit(caller, budget == .emergency ? .emergency : .ordinary))
        return caller
    }

    private func identify(_ authorization: String?, address: String?) async throws -> Caller {
        if let authorization, let caller = authenticator.cached(authorization) { return caller }
        let address = address.map { ClientAddress($0) }
        if let address { try refuse(limiter.admitsAuthentication(from: address)) }
        do throws(AuthenticationFailed) {
            return try await authenticator.authenticate(authorization)
        } catch {
            if let address, error.reason != .missing { limiter.recordFailedAuthentication(from: address) }
            throw APIError(.unauthorized, "unauthorized", error.message, headers: [.wwwAuthenticate: "Bearer"])
        }
    }

    private func refuse(_ admission: Admission) throws {
        guard case .limited(let seconds) = admission else { return }
        throw APIError(
            .tooManyRequests, "rate_limited", "too many requests: wait \(seconds) s, then go on slower",
            headers: [.retryAfter: String(seconds)])
    }
}
