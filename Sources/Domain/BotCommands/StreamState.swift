/// Whether a channel is live, as far as its platform says.
package enum StreamState: Equatable, Sendable {
    case live(since: Timestamp)
    case offline
    /// Nobody has said, or the platform does not say it to bots.
    case unknown
}
