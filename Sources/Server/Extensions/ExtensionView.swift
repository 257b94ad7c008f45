import Domain

/// An extension as one caller may see it: its owner and reviewers see everything, others what the store offers.
struct ExtensionView {
    let document: ExtensionDocument
    let isWhole: Bool

    /// nil when the caller must not know of it.
    init?(_ document: ExtensionDocument, for caller: Caller) {
        let account = caller.account
        isWhole = account == document.ownerID || Self.seesAll(caller)
        guard isWhole || document.published != nil && document.visibility.isShared else { return nil }
        self.document = document
    }

    /// Reviewers, unless they act for an account.
    static func seesAll(_ caller: Caller) -> Bool {
        caller.isSystemAdmin || caller.account == nil && caller.holds(.extensionsReview)
    }

    private var versions: [ExtensionDocument.Version] {
        isWhole ? document.versions : document.versions.filter { $0.state == .published }
    }

    /// The version that the manifest is of.
    var shown: String? { document.published ?? document.versions.first?.version }

    /// - Parameter manifest: of `shown`; nil to leave it out, as lists do.
    func encode(manifest: JSONText?, into writer: inout JSONWriter) {
        writer.object { object in
            object.member("extension_id", document.extensionID.rawValue)
            object.member("account_id", document.ownerID.rawValue)
            object.member("name", document.name)
            object.member("description", document.description)
            object.member("visibility", document.visibility.rawValue)
            object.member("state", document.state.rawValue)
            object.member("published_version", orNull: document.published)
            object.member("suspended", document.isSuspended)
            object.member("suspended_reason", orNull: isWhole ? document.suspension?.reason : nil)
            object.member("suspended_at", orNull: document.suspension?.at.description)
            object.member("suspended_by", orNull: isWhole ? document.suspension?.by : nil)
            object.name("versions")
            object.array { array in versions.forEach { encode($0, into: &array) } }
            if let manifest {
                object.name("manifest")
                object.raw(manifest.bytes)
            }
            object.member("created_at", document.createdAt.description)
            object.member("updated_at", document.updatedAt.description)
            object.member("revision", document.revision)
        }
    }

    private func encode(_ version: ExtensionDocument.Version, into writer: inout JSONWriter) {
        writer.object { object in
            object.member("version", version.version)
            object.member("bundle_digest", version.digest.rawValue)
            object.member("state", version.state.rawValue)
            object.member("review_level", version.level.rawValue)
            object.name("permissions")
            object.array { array in version.permissions.forEach { array.string($0.rawValue) } }
            object.member("submitted_at", version.submittedAt.description)
            object.member("submitted_by", orNull: isWhole ? version.submittedBy : nil)
            object.name("reviews")
            object.array { array in
                for review in isWhole ? version.reviews : [] { encode(review, into: &array) }
            }
            object.member("published_at", orNull: version.publishedAt?.description)
        }
    }

    private func encode(_ review: ExtensionDocument.Review, into writer: inout JSONWriter) {
        writer.object { object in
            object.member("reviewer", review.reviewer)
            object.member("decision", review.decision.rawValue)
            object.member("note", orNull: review.note)
            object.member("at", review.at.description)
        }
    }
}
