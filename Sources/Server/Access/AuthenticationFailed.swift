/// Nobody whom we know: 401. It says what to do, and no more of the cause than helps an honest caller.
package struct AuthenticationFailed: Error, Equatable, CustomStringConvertible {
    /// Stable names, as for a counter's label.
    package enum Reason: String, CaseIterable, Sendable {
        case missing, invalid, expired, revoked
    }

    package static let code = "unauthorized"
    package let reason: Reason

    package init(_ reason: Reason) {
        self.reason = reason
    }

    package var message: String {
        switch reason {
        case .missing: "who are you? Send the header Authorization: Bearer <token or API key>"
        case .invalid: "the token is not valid here: check that all of it was sent, or get a new one"
        case .expired: "the token has expired: get a new one"
        case .revoked: "the token was revoked: get a new one"
        }
    }

    package var description: String { message }
}
