import Domain
import Extensions

/// An extension as one caller may see it.
struct ExtensionView {
    let document: ExtensionDocument
    /// Whether the caller's own account has submitted it, or the caller reviews it: others see what the store offers.
    let isInside: Bool
    /// Of the version that accounts install, or the newest; nil in lists.
    var manifest: JSONText?

    /// nil when the caller may not know of it.
    init?(_ document: ExtensionDocument, for caller: Caller) {
        let isInside =
            caller.holds(.extensionsReview) || caller.isSystemAdmin
            || caller.account.map { $0 == document.ownerID } ?? false
        guard isInside || document.published != nil && document.visibility.isShared else { return nil }
        (self.document, self.isInside) = (isInside ? document : document.fromOutside, isInside)
    }

    func encode(into writer: inout JSONWriter) {
        // The document's members, and one besides.
        var bytes = document.bytes
        bytes.removeLast()
        bytes.append(contentsOf: Array(#","manifest":"#.utf8))
        bytes.append(contentsOf: manifest?.bytes ?? Array("null".utf8))
        bytes.append(UInt8(ascii: "}"))
        writer.raw(bytes)
    }
}

extension ExtensionDocument {
    /// Without what its author and the reviewers have to do with each other.
    fileprivate var fromOutside: ExtensionDocument {
        var outside = self
        outside.versions = publishedVersion.map { version in
            [
                Version(
                    version: version.version, digest: version.digest, state: version.state, level: version.level,
                    permissions: version.permissions, submittedAt: version.submittedAt, submittedBy: "", reviews: [],
                    publishedAt: version.publishedAt)
            ]
        } ?? []
        outside.suspension = suspension.map { Suspension(reason: $0.reason, at: $0.at, by: nil) }
        return outside
    }
}
