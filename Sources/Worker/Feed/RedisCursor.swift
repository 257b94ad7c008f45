import Domain

/// Where a follower stands in the feed of Redis, and what the heads that it reads mean for it.
///
/// `XREAD` is silent where something is wrong: above the stream's end, below its beginning, in a generation that no
/// longer serves, and while nobody writes. The head tells these silences apart.
struct RedisCursor: Equatable, Sendable {
    let generation: FeedGeneration
    var last: ChangeID
    /// The head as it was read last.
    private(set) var mark: FeedMark

    init(generation: FeedGeneration, last: ChangeID, mark: FeedMark) {
        (self.generation, self.last, self.mark) = (generation, last, mark)
    }

    /// - Parameter found: the head, read after a wait in which nothing came; nil when Redis has lost it.
    /// - Returns: what to deliver. Nothing while Redis is behind or nobody stamps the head: a follower is alive only as
    ///   far as the relay is.
    mutating func hear(_ found: FeedMark?) -> FeedMessage? {
        guard let found else { return nil }
        let before = mark
        mark = found
        guard found.generation == generation else { return .reset }
        if found.last == last {
            guard found.at != before.at, let head = found.head else { return nil }
            return .bookmark(head)
        }
        if found.last > last {
            // What was already there before the wait should have come: the stream was trimmed to nothing.
            return before.last > last ? .reset : nil
        }
        // Redis came back with older data. The relay refills it, and going back to a snapshot would undo pauses and
        // kills; only when the relay has nothing more to write has our place never been in this feed.
        return found.last == before.last && found.at != before.at ? .reset : nil
    }
}
