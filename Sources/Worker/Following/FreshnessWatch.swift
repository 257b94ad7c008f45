import Logging
import ServiceLifecycle

/// Says in the log when the feed falls silent and when it is back.
struct FreshnessWatch: Service {
    let live: LiveSet
    let clock: MonotonicClock
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var last = Freshness.live
            while !Task.isCancelled {
                let now = live.freshness
                if now != last { tell(now) }
                last = now
                try? await clock.sleep(for: .seconds(1))
            }
        }
    }

    private func tell(_ freshness: Freshness) {
        switch freshness {
        case .live: logger.info("the feed is heard again")
        case .stale: logger.warning("the feed is silent: acting by what is known")
        case .lost: logger.error("the feed is lost")
        }
    }
}
