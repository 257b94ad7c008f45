import Domain
import EventStore
import Projections
import Runtime

/// The gauges that are read when somebody asks for them.
enum ServerMetrics {
    static func register(
        in registry: MetricsRegistry, journal: Journal, readModels: ReadModels, clock: WallClock
    ) {
        registry.gauge("botcontrol_journal_head_position", "Last position of the journal.") {
            Double(journal.head)
        }
        registry.gauge("botcontrol_projection_position", "Position that the read models show.") {
            Double(readModels.position)
        }
        registry.gauge("botcontrol_projection_lag_positions", "Events that the read models do not show yet.") {
            Double(max(0, journal.head - readModels.position))
        }
        registry.gauge("botcontrol_projection_lag_seconds", "Age of the oldest event not shown yet.") {
            (try? readModels.status(now: clock.now).lagSeconds) ?? .nan
        }
        registry.gauge("botcontrol_feed_head_position", "Position of the feed's last change.") {
            Double(readModels.feedHead(at: clock.now).last.position)
        }
        registry.gauge("botcontrol_projection_parked_streams", "Streams whose read model stands still.") {
            Double(readModels.trouble.parked.count)
        }
    }

    static func registerModeration(in registry: MetricsRegistry, _ moderation: ModerationHub) {
        registry.gauge("botcontrol_moderation_streams", "Open streams of the moderation log.") {
            Double(moderation.count)
        }
    }

    static func registerWorkers(
        in registry: MetricsRegistry, runtime: RuntimeStore, readModels: ReadModels, feed: FeedHub, clock: WallClock
    ) {
        registry.gauge("botcontrol_feed_streams", "Open streams of the feed.") { Double(feed.count) }
        registry.gauges("botcontrol_workers", "Workers by state.", labels: ["state"]) {
            let states = runtime.workers.map(\.state)
            return WorkerState.allCases.map { state in ([state.rawValue], Double(states.count { $0 == state })) }
        }
        registry.gauges("botcontrol_worker_lag_positions", "Positions that a worker lacks.", labels: ["worker"]) {
            let head = readModels.feedHead(at: clock.now).last.position
            return runtime.workers.map { worker in
                let said = worker.acknowledgement
                return ([said.worker], Double(max(0, head - said.applied.position)))
            }
        }
        registry.gauges(
            "botcontrol_worker_silence_seconds", "Since a worker was last heard of.", labels: ["worker"]
        ) {
            let now = clock.now
            return runtime.workers.map { ([$0.acknowledgement.worker], now.seconds(since: $0.receivedAt)) }
        }
        registry.gauges("botcontrol_worker_nacks", "Documents that a worker refuses.", labels: ["worker"]) {
            runtime.workers.map { ([$0.acknowledgement.worker], Double($0.acknowledgement.nacks.count)) }
        }
    }
}
