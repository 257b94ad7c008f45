/// What stands in Redis under the head's key, a hash: which generation serves, and where it stands.
package struct FeedMark: Equatable, Sendable {
    package let generation: FeedGeneration
    package let last: ChangeID
    /// Of all documents after `last`; nil while the relay fills a hole and has not come to the end.
    package let digest: DocumentDigest?
    /// How many documents there are: one that was evicted or deleted by hand is missed.
    package let documents: Int
    /// When the relay has last looked after it.
    package let at: Timestamp
    /// What there are hashes of; a newer relay may fill some that this program does not know.
    package let kinds: [DocumentKind]

    package init(
        generation: FeedGeneration, last: ChangeID, digest: DocumentDigest?, documents: Int, at: Timestamp,
        kinds: [DocumentKind] = DocumentKind.known
    ) {
        (self.generation, self.last, self.digest) = (generation, last, digest)
        (self.documents, self.at, self.kinds) = (documents, at, kinds)
    }

    package static let fieldNames = ["epoch", "generation", "id", "digest", "documents", "at", "kinds"]

    /// - Parameter fields: the values of `fieldNames`.
    package init?(fields: [String?]) {
        guard fields.count == Self.fieldNames.count, let epoch = fields[0], let number = fields[1].flatMap({ Int($0) }),
            let last = fields[2].flatMap({ ChangeID($0) }), let digest = fields[3],
            let documents = fields[4].flatMap({ Int($0) }), let at = fields[5].flatMap({ Timestamp($0) }),
            let kinds = Self.kinds(fields[6] ?? Self.text(of: DocumentKind.known))
        else { return nil }
        self.init(
            generation: FeedGeneration(epoch: epoch, number: number), last: last, digest: DocumentDigest(digest),
            documents: documents, at: at, kinds: kinds)
    }

    /// As they stand in the head: divided by spaces.
    package static func text(of kinds: [DocumentKind]) -> String {
        kinds.map(\.rawValue).joined(separator: " ")
    }

    private static func kinds(_ text: String) -> [DocumentKind]? {
        let names = text.split(separator: " "), kinds = names.compactMap { DocumentKind(rawValue: String($0)) }
        return kinds.count == names.count ? kinds : nil
    }

    /// What followers are told; nil while the digest is not known.
    package var head: FeedHead? {
        digest.map { FeedHead(epoch: generation.epoch, last: last, digest: $0, at: at) }
    }
}
