import Domain
import Logging
import Redis
import Relay
import Runtime
import Server

/// The relay beside a server: what it carries, and what health and metrics say of it.
enum RelayCompanion {
    static func make(_ url: RedisURL, beside plane: ControlPlane) -> FeedRelay {
        let services = plane.services
        let relay = FeedRelay(
            readModels: services.readModels, url: url, clock: services.clock, logger: plane.configuration.logger,
            reports: intake(of: services), bundles: { bundle($0, of: services, plane.configuration.logger) },
            onAcknowledgement: { services.take($0, secondsAgo: $1) })
        services.companions.add { reasons(relay.status, at: services.clock.now) }
        register(relay, in: services.metrics, clock: services.clock)
        return relay
    }

    private static func intake(of services: Services) -> ReportIntake {
        let source = FeedKeys().reports
        return ReportIntake(
            place: { services.runtime.reportPlace(in: source) },
            take: { report, entry in
                services.take(report ?? Report(worker: ""), place: ReportPlace(source: source, entry: entry))
            })
    }

    private static func bundle(_ digest: BundleDigest, of services: Services, _ logger: Logger) -> [UInt8]? {
        do {
            if let bytes = try services.bundle(digest) { return bytes }
            logger.error("an installed bundle is missing", metadata: ["digest": "\(digest)"])
        } catch {
            logger.error("an installed bundle cannot be read", metadata: ["error": "\(error)"])
        }
        return nil
    }

    /// Silence is no good news: a relay that has not compared for long knows nothing.
    private static func reasons(_ status: FeedRelay.Status, at now: Timestamp) -> [Readiness.Reason] {
        if let failure = status.failure {
            return [
                Readiness.Reason(
                    code: "redis",
                    message:
                        "the feed does not reach Redis, changes wait (\(status.lagPositions) positions): \(failure)")
            ]
        }
        guard let last = status.lastPollAt, now.seconds(since: last) > 15 else { return [] }
        return [Readiness.Reason(code: "redis", message: "the relay has not looked since \(last)")]
    }

    private static func register(_ relay: FeedRelay, in metrics: MetricsRegistry, clock: WallClock) {
        metrics.gauge("botcontrol_relay_connected", "1 while Redis answers.") { relay.status.isConnected ? 1 : 0 }
        metrics.gauge("botcontrol_relay_position", "Position of the last change in Redis.") {
            relay.status.redisTail.map { Double($0.position) }
        }
        metrics.gauge("botcontrol_relay_lag_positions", "Positions that Redis does not show yet.") {
            Double(relay.status.lagPositions)
        }
        metrics.gauge("botcontrol_relay_last_poll_age_seconds", "Since feed and Redis were last compared.") {
            relay.status.lastPollAt.map { max(0, clock.now.seconds(since: $0)) }
        }
        metrics.gauge("botcontrol_relay_last_write_age_seconds", "Since changes were last written to Redis.") {
            relay.status.lastWriteAt.map { max(0, clock.now.seconds(since: $0)) }
        }
    }
}
