import Domain
import GRDB

/// The read model `extensions`: the document, and beside it what lists are made by.
enum ExtensionsProjection: SingleStreamProjection {
    typealias Event = Extension.Event

    static let name = "extensions"
    static let table = """
        CREATE TABLE extensions (
          extension_id TEXT PRIMARY KEY,
          account_id TEXT NOT NULL,
          folded_name TEXT NOT NULL,
          state TEXT NOT NULL,
          is_offered INTEGER NOT NULL,
          document TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX extensions_by_name ON extensions (folded_name, extension_id);
        """
    static let upsertSQL = """
        INSERT INTO extensions VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET account_id = excluded.account_id,
          folded_name = excluded.folded_name, state = excluded.state, is_offered = excluded.is_offered,
          document = excluded.document
        """
    static let selectSQL = "SELECT * FROM extensions WHERE extension_id = ?"
    static let deleteSQL = "DELETE FROM extensions WHERE extension_id = ?"

    static func keyColumns(_ key: String) -> StatementArguments { [key] }

    static func evolve(
        _ document: ExtensionDocument?, _ event: Event, _ envelope: Envelope
    ) throws -> ExtensionDocument? {
        if case .submitted(let submission) = event { return submitted(document, submission, envelope) }
        guard var next = document else { throw Inapplicable(description: "the extension was never submitted") }
        switch event {
        case .submitted: break
        case .reviewed(let number, let decision, let stage, let reviewer, let note):
            let review = ExtensionDocument.Review(
                reviewer: reviewer.storable, decision: decision, note: note?.storable, at: envelope.recordedAt)
            next.update(number) { version in
                version.state = stage
                version.reviews = (version.reviews + [review]).suffix(ExtensionDocument.reviewsMax)
            }
        case .published(let listing):
            next.list(listing)
            next.published = listing.version
            next.update(listing.version) { version in
                (version.state, version.publishedAt) = (.published, envelope.recordedAt)
            }
        case .suspended(let reason):
            next.suspension = ExtensionDocument.Suspension(
                reason: reason.storable, at: envelope.recordedAt, by: try envelope.actorID)
        case .reinstated: next.suspension = nil
        }
        next.updatedAt = envelope.recordedAt
        next.revision = envelope.revision
        return next
    }

    private static func submitted(
        _ document: ExtensionDocument?, _ submission: Extension.Submission, _ envelope: Envelope
    ) -> ExtensionDocument {
        var next =
            document
            ?? ExtensionDocument(
                extensionID: ExtensionID(stored: envelope.key), ownerID: submission.account, name: "", description: "",
                visibility: submission.listing.visibility, published: nil, suspension: nil, versions: [],
                createdAt: envelope.recordedAt, updatedAt: envelope.recordedAt, revision: envelope.revision)
        if next.published == nil { next.list(submission.listing) }
        let version = ExtensionDocument.Version(
            version: submission.version, digest: submission.digest, state: .submitted, level: submission.level,
            permissions: submission.permissions, submittedAt: envelope.recordedAt,
            submittedBy: submission.submitter.storable, reviews: [], publishedAt: nil)
        next.add(version)
        next.updatedAt = envelope.recordedAt
        next.revision = envelope.revision
        return next
    }

    static func bind(_ document: ExtensionDocument, to row: inout RowBinder) {
        row.bind(document.extensionID.rawValue)
        row.bind(document.ownerID.rawValue)
        row.bind(document.name.folded)
        row.bind(document.state.rawValue)
        row.bind(document.isOffered)
        row.bind(text: document.bytes)
    }

    static func document(from row: inout RowReader) throws -> ExtensionDocument {
        try row.storedDocument(after: 5)
    }
}

extension ExtensionDocument {
    /// Whether it stands in the store's list.
    fileprivate var isOffered: Bool { published != nil && !isSuspended && visibility.isListed }

    fileprivate mutating func list(_ listing: Extension.Listing) {
        (name, description, visibility) = (listing.name.storable, listing.description.storable, listing.visibility)
    }

    fileprivate mutating func update(_ number: String, _ change: (inout Version) -> Void) {
        guard let place = versions.firstIndex(where: { $0.version == number }) else { return }
        change(&versions[place])
    }

    /// The oldest goes when there are too many, but for the one that accounts install.
    fileprivate mutating func add(_ version: Version) {
        versions.insert(version, at: 0)
        guard versions.count > Self.versionsMax, let last = versions.lastIndex(where: { $0.version != published })
        else {
            return
        }
        versions.remove(at: last)
    }
}
