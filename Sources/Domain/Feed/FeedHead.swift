/// Where a feed stands: its epoch, its last change, and the digest of all documents after it.
package struct FeedHead: Equatable, Sendable {
    /// The line of history that the changes belong to, `<the journal's epoch>.<generation>`: nothing that was learnt in
    /// another one can be gone on from.
    package let epoch: String
    package let last: ChangeID
    package let digest: DocumentDigest
    /// When it was told.
    package let at: Timestamp

    package init(epoch: String, last: ChangeID, digest: DocumentDigest, at: Timestamp) {
        (self.epoch, self.last, self.digest, self.at) = (epoch, last, digest, at)
    }
}

extension FeedHead {
    /// `{epoch, id, position, digest, at}`
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("epoch", epoch)
            object.member("id", last.description)
            object.member("position", last.position)
            object.member("digest", digest.description)
            object.member("at", at.description)
        }
    }

    package var bytes: [UInt8] {
        var writer = JSONWriter(capacityBytes: 256)
        encode(into: &writer)
        return writer.bytes
    }

    package init(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        let object = try StoredObject(bytes)
        guard let last = ChangeID(try object.require("id", StoredObject.string)),
            let digest = DocumentDigest(try object.require("digest", StoredObject.string)),
            let at = Timestamp(try object.require("at", StoredObject.string))
        else { throw StoredObject.Unreadable("the feed's head cannot be read") }
        self.init(epoch: try object.require("epoch", StoredObject.string), last: last, digest: digest, at: at)
    }
}
