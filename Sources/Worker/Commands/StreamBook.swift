import Domain
import Platforms
import Synchronization

/// Whether channels are live, as their platforms said lately. Asked only for commands that say it.
final class StreamBook: Sendable {
    /// So long an answer is believed: whoever asks often must not cost the platform's patience.
    static let span = Duration.seconds(30)

    private struct Page {
        let state: StreamState, until: MonotonicClock.Instant
    }

    private let platforms: [Platform: any StreamWatching]
    private let clock: MonotonicClock
    private let pages = Mutex<[ChatChannel: Page]>([:])

    init(_ platforms: [Platform: any StreamWatching], clock: MonotonicClock) {
        (self.platforms, self.clock) = (platforms, clock)
    }

    func state(of channel: ChatChannel) async -> StreamState {
        guard let platform = platforms[channel.platform] else { return .unknown }
        let now = clock.now
        if let page = pages.withLock({ $0[channel] }), page.until > now { return page.state }
        let state = await platform.streamState(of: channel)
        pages.withLock { $0[channel] = Page(state: state, until: clock.now + Self.span) }
        return state
    }

    func sweep(at now: MonotonicClock.Instant) {
        pages.withLock { pages in pages = pages.filter { $0.value.until > now } }
    }
}
