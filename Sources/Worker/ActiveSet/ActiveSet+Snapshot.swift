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

    /// Most snapshots hold what is held already: those documents are neither read nor kept a second time.
    package func replaced(by snapshot: FeedSnapshot) throws -> ActiveSet {
        if isFilled, let next = try? updated(to: snapshot) { return next }
        return try rebuilt(from: snapshot)
    }

    private func updated(to snapshot: FeedSnapshot) throws -> ActiveSet {
        var next = self
        let news = snapshot.entries.filter { documents[DocumentKey($0.kind, $0.key)] != $0.value }
        next.putAll(news, by: snapshot.head.last, lastGood: lastGood)
        if next.documents.count > snapshot.entries.count {
            let names = Set(snapshot.entries.map { DocumentKey($0.kind, $0.key) })
            for name in documents.keys where !names.contains(name) { next.remove(name) }
        }
        return try next.completed(at: snapshot.head)
    }

    private func rebuilt(from snapshot: FeedSnapshot) throws -> ActiveSet {
        var next = ActiveSet()
        next.reserve(snapshot.entries.count)
        next.putAll(snapshot.entries, by: snapshot.head.last, lastGood: lastGood)
        return try next.completed(at: snapshot.head)
    }

    /// The last step of taking in a snapshot.
    consuming func completed(at head: FeedHead) throws -> ActiveSet {
        guard digest == head.digest else { throw DigestMismatch(stated: head.digest, found: digest) }
        useLastGoodValues()
        (epoch, cursor) = (head.epoch, head.last)
        return self
    }
}
