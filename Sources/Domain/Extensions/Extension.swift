/// A program that authors offer and accounts install: its versions, and what reviewers have said of them.
package enum Extension {
    package static let nameLengthMax = 255, descriptionLengthMax = 1_000
    /// Of what a reviewer writes, and of the reason for a suspension.
    package static let noteLengthMax = 2_000
    /// A justification is more than a word.
    package static let justificationLengthMin = 20

    /// Who may find it, and install it.
    package enum Visibility: String, CaseIterable, Sendable {
        /// Its owner's account alone.
        case `private`
        /// Whoever knows its id.
        case unlisted
        case `public`
        case paid

        /// Whether accounts other than the owner's may install it.
        package var isShared: Bool { self != .private }

        /// Whether it stands in the store's list.
        package var isListed: Bool { self == .public || self == .paid }
    }

    /// How far a version, or the extension as a whole, has come. Before it is submitted, it is its author's draft, and
    /// nobody else's business.
    package enum Stage: String, CaseIterable, Sendable {
        case submitted
        case inReview = "in_review"
        case approved
        case changesRequested = "changes_requested"
        case rejected
        case published
        /// Only of an extension as a whole.
        case suspended
    }

    package enum ReviewLevel: String, CaseIterable, Sendable {
        case standard
        /// Two different reviewers, each with a written justification.
        case enhanced

        package init(_ permissions: [ExtensionPermission]) {
            self = permissions.contains(.chatBan) ? .enhanced : .standard
        }

        package var approvalsMin: Int { self == .enhanced ? 2 : 1 }
    }

    /// What a reviewer says of a version.
    package enum Decision: String, CaseIterable, Sendable {
        /// The reviewer has begun.
        case inReview = "in_review"
        case approved
        case changesRequested = "changes_requested"
        case rejected
    }
}
