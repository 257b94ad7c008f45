import Domain

extension ActiveSet {
    /// A snapshot's documents do not add up to its digest: some are missing, or were changed on the way.
    package struct DigestMismatch: Error, CustomStringConvertible {
        package let stated: DocumentDigest, found: DocumentDigest

        package var description: String {
            "the snapshot is not whole (its digest is \(stated), that of its documents \(found)): it is taken again"
        }
    }

    /// Takes the place of everything, or of nothing.
    ///
    /// Where the snapshot's value is refused, the last good one that is held stays in use: an unreadable document must
    /// not lift a pause.
    package mutating func replaceAll(_ snapshot: FeedSnapshot) throws {
        self = try replaced(by: snapshot)
    }

    package func replaced(by snapshot: FeedSnapshot) throws -> ActiveSet {
        var next = ActiveSet()
        next.reserve(snapshot.entries.count)
        for entry in snapshot.entries {
            let name = DocumentKey(entry.kind, entry.key)
            next.put(name, entry.value, by: snapshot.head.last, lastGood: lastGood(name))
        }
        return try next.completed(at: snapshot.head)
    }

    /// The last step of filling an empty set.
    consuming func completed(at head: FeedHead) throws -> ActiveSet {
        guard digest == head.digest else { throw DigestMismatch(stated: head.digest, found: digest) }
        for (name, refusal) in refusals {
            if let value = refusal.lastGood { use(name, value) }
        }
        (epoch, cursor) = (head.epoch, head.last)
        return self
    }
}
