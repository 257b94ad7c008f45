import Domain

/// A platform that says whether a channel is live.
package protocol StreamWatching: Sendable {
    /// One request; `unknown` when it is not answered.
    func streamState(of channel: ChatChannel) async -> StreamState
}
