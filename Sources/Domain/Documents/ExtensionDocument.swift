/// An extension as the store knows it. Manifests stand in the bundles, which are called by their digests.
package struct ExtensionDocument: FeedDocument {
    package static let kind = Category.extension
    /// So many versions are kept here, the newest first, and the published one besides; the journal keeps all.
    package static let versionsMax = 50
    /// So many reviews of a version are, the newest.
    package static let reviewsMax = 20

    package let extensionID: ExtensionID
    /// The account that submits its versions.
    package let ownerID: AccountID
    /// As the published version has them; before there is one, the newest.
    package var name: String, description: String, visibility: Extension.Visibility
    /// The version that accounts install.
    package var published: String?
    /// While it is there, no install runs.
    package var suspension: Suspension?
    /// The newest first.
    package var versions: [Version]
    package let createdAt: Timestamp
    package var updatedAt: Timestamp
    package var revision: Int

    package struct Suspension: Equatable, Sendable {
        package let reason: String, at: Timestamp
        /// The actor's id.
        package let by: String?

        package init(reason: String, at: Timestamp, by: String?) {
            (self.reason, self.at, self.by) = (reason, at, by)
        }
    }

    package init(
        extensionID: ExtensionID, ownerID: AccountID, name: String, description: String,
        visibility: Extension.Visibility, published: String?, suspension: Suspension?, versions: [Version],
        createdAt: Timestamp, updatedAt: Timestamp, revision: Int
    ) {
        (self.extensionID, self.ownerID, self.name, self.description) = (extensionID, ownerID, name, description)
        (self.visibility, self.published, self.suspension) = (visibility, published, suspension)
        (self.versions, self.createdAt) = (versions, createdAt)
        (self.updatedAt, self.revision) = (updatedAt, revision)
    }

    package var isSuspended: Bool { suspension != nil }

    package func version(_ number: String) -> Version? { versions.first { $0.version == number } }

    package var publishedVersion: Version? { published.flatMap(version) }

    /// Of the extension as a whole.
    package var state: Extension.Stage {
        if isSuspended { return .suspended }
        return published == nil ? versions.first?.state ?? .submitted : .published
    }

    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("extension_id", extensionID.rawValue)
            object.member("account_id", ownerID.rawValue)
            object.member("name", name)
            object.member("description", description)
            object.member("visibility", visibility.rawValue)
            object.member("state", state.rawValue)
            object.member("published_version", orNull: published)
            object.member("suspended", isSuspended)
            object.member("suspended_reason", orNull: suspension?.reason)
            object.member("suspended_at", orNull: suspension?.at.description)
            object.member("suspended_by", orNull: suspension?.by)
            object.name("versions")
            object.array { array in versions.forEach { $0.encode(into: &array) } }
            object.member("created_at", createdAt.description)
            object.member("updated_at", updatedAt.description)
            object.member("revision", revision)
        }
    }
}

extension ExtensionDocument {
    package init(decoding object: StoredObject) throws {
        let suspended = try object.require("suspended", StoredObject.bool)
        self.init(
            extensionID: ExtensionID(stored: try object.require("extension_id", StoredObject.string)),
            ownerID: AccountID(stored: try object.require("account_id", StoredObject.string)),
            name: try object.require("name", StoredObject.string),
            description: try object.require("description", StoredObject.string),
            visibility: try object.choice("visibility"), published: try object.string("published_version"),
            suspension: suspended
                ? Suspension(
                    reason: try object.require("suspended_reason", StoredObject.string),
                    at: try object.moment("suspended_at"), by: try object.string("suspended_by")) : nil,
            versions: try object.objects("versions", Version.init), createdAt: try object.moment("created_at"),
            updatedAt: try object.moment("updated_at"), revision: try object.require("revision", StoredObject.integer))
    }
}
