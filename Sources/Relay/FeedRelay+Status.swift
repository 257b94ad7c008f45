import Domain

extension FeedRelay {
    /// How the feed and Redis stand to each other.
    package struct Status: Equatable, Sendable {
        package var isConnected: Bool
        /// One sentence: what is wrong and what to do; nil while all is well.
        package var failure: String?
        /// Of the feed.
        package var head: ChangeID
        /// As Redis last told; nil before it was ever asked.
        package var redisTail: ChangeID?
        /// When feed and Redis were last compared: while it grows old, nothing else here can be trusted.
        package var lastPollAt: Timestamp?
        /// When changes were last written.
        package var lastWriteAt: Timestamp?
        /// Of the feed.
        package var epoch: String
        /// The generation that serves in Redis.
        package var generation: FeedGeneration?

        /// Positions of the journal that Redis does not show yet.
        package var lagPositions: Int { max(0, head.position - (redisTail?.position ?? 0)) }
    }
}
