/// Why a command was understood, and still not carried out.
package struct Refusal: Error, Equatable, CustomStringConvertible {
    /// Stable names; callers may switch on them.
    package enum Code: String, CaseIterable, Sendable {
        case noBotConnection = "no_bot_connection"
        case planRequired = "plan_required"
        case alreadyExists = "already_exists"
        case accountNotFound = "account_not_found"
        case providerDisabled = "provider_disabled"
        case extensionNotFound = "extension_not_found"
        case versionNotFound = "version_not_found"
        case installNotFound = "install_not_found"
        case notOwner = "not_owner"
        case versionConflict = "version_conflict"
        case ownReview = "own_review"
        case justificationRequired = "justification_required"
        case reviewClosed = "review_closed"
        case notApproved = "not_approved"
        case extensionSuspended = "extension_suspended"
        case consentRequired = "consent_required"
        case guildMapped = "guild_mapped"
        case guildNotFound = "guild_not_found"
    }

    package let code: Code
    /// Says what to do next.
    package let message: String

    package init(_ code: Code, _ message: String) {
        (self.code, self.message) = (code, message)
    }

    package var description: String { message }
}
