import Domain
import EventStore
import Projections

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
        registry.gauge("botcontrol_projection_parked_streams", "Streams whose read model stands still.") {
            Double(readModels.trouble.parked.count)
        }
    }
}
