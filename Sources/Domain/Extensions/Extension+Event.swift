extension Extension {
    package enum Event: DomainEvent {
        case submitted(Submission)
        /// `state`: what has become of the version by it.
        case reviewed(version: String, Decision, state: Stage, reviewer: String, note: String?)
        case published(Listing)
        case suspended(reason: String)
        case reinstated(reason: String?)

        /// They are the storage format: never edit one, add a case and keep the old readable.
        package enum Name: String, CaseIterable, Sendable {
            case submitted = "extension.submitted"
            case reviewed = "extension.reviewed"
            case published = "extension.published"
            case suspended = "extension.suspended"
            case reinstated = "extension.reinstated"
        }

        package var name: Name {
            switch self {
            case .submitted: .submitted
            case .reviewed: .reviewed
            case .published: .published
            case .suspended: .suspended
            case .reinstated: .reinstated
            }
        }

        package func encode(into writer: inout JSONWriter) {
            switch self {
            case .submitted(let submission): submission.encode(into: &writer)
            case .reviewed(let version, let decision, let state, let reviewer, let note):
                writer.member("version", version)
                writer.member("decision", decision.rawValue)
                writer.member("state", state.rawValue)
                writer.member("reviewer", reviewer)
                Personal.encode(["note": note], into: &writer)
            case .published(let listing): listing.encode(into: &writer)
            case .suspended(let reason): Personal.encode(["reason": reason], into: &writer)
            case .reinstated(let reason): Personal.encode(["reason": reason], into: &writer)
            }
        }

        package init(_ name: Name, _ data: StoredObject) throws {
            switch name {
            case .submitted: self = .submitted(try Submission(data))
            case .reviewed:
                self = .reviewed(
                    version: try data.require("version", StoredObject.string), try data.choice("decision"),
                    state: try data.choice("state"), reviewer: try data.require("reviewer", StoredObject.string),
                    note: try Personal.read(data).string("note"))
            case .published: self = .published(try Listing(data))
            case .suspended:
                self = .suspended(reason: try Personal.read(data).require("reason"))
            case .reinstated: self = .reinstated(reason: try Personal.read(data).string("reason"))
            }
        }
    }

    /// What the store shows of a version.
    package struct Listing: Equatable, Sendable {
        package let version: String, name: String, description: String
        package let visibility: Visibility

        package init(version: String, name: String, description: String, visibility: Visibility) {
            (self.version, self.name, self.description, self.visibility) = (version, name, description, visibility)
        }

        func encode(into writer: inout JSONWriter) {
            writer.member("version", version)
            writer.member("name", name)
            writer.member("description", description)
            writer.member("visibility", visibility.rawValue)
        }

        init(_ data: StoredObject) throws {
            self.init(
                version: try data.require("version", StoredObject.string),
                name: try data.require("name", StoredObject.string),
                description: try data.require("description", StoredObject.string),
                visibility: try data.choice("visibility"))
        }
    }

    /// A version as its author has sent it. It never changes.
    package struct Submission: Equatable, Sendable {
        /// The owner.
        package let account: AccountID
        /// The actor's id.
        package let submitter: String
        package let listing: Listing
        package let digest: BundleDigest
        package let permissions: [ExtensionPermission]
        package let level: ReviewLevel
        /// The whole manifest.
        package let manifest: JSONText

        package init(
            account: AccountID, submitter: String, listing: Listing, digest: BundleDigest,
            permissions: [ExtensionPermission], manifest: JSONText
        ) {
            (self.account, self.submitter, self.listing, self.digest) = (account, submitter, listing, digest)
            (self.permissions, self.level, self.manifest) = (permissions, ReviewLevel(permissions), manifest)
        }

        package var version: String { listing.version }

        fileprivate func encode(into writer: inout JSONWriter) {
            writer.member("account_id", account.rawValue)
            writer.member("submitter", submitter)
            listing.encode(into: &writer)
            writer.member("bundle_digest", digest.rawValue)
            writer.name("permissions")
            writer.array { array in permissions.forEach { array.string($0.rawValue) } }
            writer.member("review_level", level.rawValue)
            writer.name("manifest")
            writer.raw(manifest.bytes)
        }

        fileprivate init(_ data: StoredObject) throws {
            account = AccountID(stored: try data.require("account_id", StoredObject.string))
            submitter = try data.require("submitter", StoredObject.string)
            listing = try Listing(data)
            digest = BundleDigest(stored: try data.require("bundle_digest", StoredObject.string))
            permissions = try data.strings("permissions").map { try ExtensionPermission(stored: $0) }
            level = try data.choice("review_level")
            manifest = try data.require("manifest", StoredObject.object)
        }
    }
}
