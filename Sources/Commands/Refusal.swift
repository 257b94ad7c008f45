/// Why a command was understood, and still not carried out.
package struct Refusal: Error, Equatable, CustomStringConvertible {
    /// Stable names; callers may switch on them.
    package enum Code: String, CaseIterable, Sendable {
        case noBotConnection = "no_bot_connection"
        case planRequired = "plan_required"
        case alreadyExists = "already_exists"
        case accountNotFound = "account_not_found"
        case providerDisabled = "provider_disabled"
    }

    package let code: Code
    /// Says what to do next.
    package let message: String

    package init(_ code: Code, _ message: String) {
        (self.code, self.message) = (code, message)
    }

    package var description: String { message }
}
