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

    package init(
        generation: FeedGeneration, last: ChangeID, digest: DocumentDigest?, documents: Int, at: Timestamp
    ) {
        (self.generation, self.last, self.digest) = (generation, last, digest)
        (self.documents, self.at) = (documents, at)
    }

    package static let fieldNames = ["epoch", "generation", "id", "digest", "documents", "at"]

    /// - Parameter fields: the values of `fieldNames`.
    package init?(fields: [String?]) {
        guard fields.count == Self.fieldNames.count, let epoch = fields[0], let number = fields[1].flatMap({ Int($0) }),
            let last = fields[2].flatMap({ ChangeID($0) }), let digest = fields[3],
            let documents = fields[4].flatMap({ Int($0) }), let at = fields[5].flatMap({ Timestamp($0) })
        else { return nil }
        self.init(
            generation: FeedGeneration(epoch: epoch, number: number), last: last, digest: DocumentDigest(digest),
            documents: documents, at: at)
    }

    /// What followers are told; nil while the digest is not known.
    package var head: FeedHead? {
        digest.map { FeedHead(epoch: generation.epoch, last: last, digest: $0, at: at) }
    }
}
