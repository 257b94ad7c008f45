/// How long ago the feed was heard of, by the worker's own monotonic clock: no clock of the server's is compared with.
package enum Freshness: String, CaseIterable, Sendable {
    case live
    /// What is held is kept, and may be out of date.
    case stale
    /// The feed is away; what a worker does then is a setting.
    case lost

    package static let staleAfter = Duration.seconds(5), lostAfter = Duration.seconds(15)

    package init(silentFor silence: Duration) {
        self = silence >= Self.lostAfter ? .lost : silence >= Self.staleAfter ? .stale : .live
    }
}

/// What a worker does that has lost its feed.
package enum LostPolicy: String, CaseIterable, Sendable {
    /// It acts by what it knew last.
    case goOn = "continue"
    /// It stops acting until the feed is back.
    case halt
}
