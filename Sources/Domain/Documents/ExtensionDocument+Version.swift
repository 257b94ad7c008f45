extension ExtensionDocument {
    /// One version, which never changes but for what is said of it.
    package struct Version: Equatable, Sendable {
        /// As semver has it.
        package let version: String
        package let digest: BundleDigest
        package var state: Extension.Stage
        package let level: Extension.ReviewLevel
        package let permissions: [ExtensionPermission]
        package let submittedAt: Timestamp
        /// The actor's id.
        package let submittedBy: String
        package var reviews: [Review]
        package var publishedAt: Timestamp?

        package init(
            version: String, digest: BundleDigest, state: Extension.Stage, level: Extension.ReviewLevel,
            permissions: [ExtensionPermission], submittedAt: Timestamp, submittedBy: String, reviews: [Review],
            publishedAt: Timestamp?
        ) {
            (self.version, self.digest, self.state, self.level) = (version, digest, state, level)
            (self.permissions, self.submittedAt, self.submittedBy) = (permissions, submittedAt, submittedBy)
            (self.reviews, self.publishedAt) = (reviews, publishedAt)
        }
    }

    /// What one reviewer has said.
    package struct Review: Equatable, Sendable {
        /// The actor's id.
        package let reviewer: String
        package let decision: Extension.Decision
        package let note: String?
        package let at: Timestamp

        package init(reviewer: String, decision: Extension.Decision, note: String?, at: Timestamp) {
            (self.reviewer, self.decision, self.note, self.at) = (reviewer, decision, note, at)
        }
    }
}

extension ExtensionDocument.Version {
    func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("version", version)
            object.member("bundle_digest", digest.rawValue)
            object.member("state", state.rawValue)
            object.member("review_level", level.rawValue)
            object.name("permissions")
            object.array { array in permissions.forEach { array.string($0.rawValue) } }
            object.member("submitted_at", submittedAt.description)
            object.member("submitted_by", submittedBy)
            object.name("reviews")
            object.array { array in reviews.forEach { $0.encode(into: &array) } }
            object.member("published_at", orNull: publishedAt?.description)
        }
    }

    init(decoding object: StoredObject) throws {
        self.init(
            version: try object.require("version", StoredObject.string),
            digest: BundleDigest(stored: try object.require("bundle_digest", StoredObject.string)),
            state: try object.choice("state"), level: try object.choice("review_level"),
            permissions: try object.strings("permissions").map { try ExtensionPermission(stored: $0) },
            submittedAt: try object.moment("submitted_at"),
            submittedBy: try object.require("submitted_by", StoredObject.string),
            reviews: try object.objects("reviews", ExtensionDocument.Review.init),
            publishedAt: try object.momentIfPresent("published_at"))
    }
}

extension ExtensionDocument.Review {
    fileprivate func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("reviewer", reviewer)
            object.member("decision", decision.rawValue)
            object.member("note", orNull: note)
            object.member("at", at.description)
        }
    }

    fileprivate init(decoding object: StoredObject) throws {
        self.init(
            reviewer: try object.require("reviewer", StoredObject.string), decision: try object.choice("decision"),
            note: try object.string("note"), at: try object.moment("at"))
    }
}

extension StoredObject {
    /// The objects of an array that must be there.
    func objects<Value>(_ name: StaticString, _ read: (StoredObject) throws -> Value) throws -> [Value] {
        try entries(name).map { entry in
            try entry.bytes.withUnsafeBufferPointer { try read(StoredObject($0)) }
        }
    }
}

extension ExtensionPermission {
    init(stored name: String) throws {
        guard let permission = ExtensionPermission(rawValue: name) else {
            throw StoredObject.Unreadable("\(name) is a permission that nothing knows")
        }
        self = permission
    }
}
