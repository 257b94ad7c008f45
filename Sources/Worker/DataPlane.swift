import Domain
import Logging
import ServiceLifecycle

/// A worker put together: the set that is kept up, and the services that keep it. The composition root.
package struct DataPlane: Sendable {
    package struct Configuration: Sendable {
        package var identity: WorkerIdentity
        /// Where the last known good state is kept; nil for nowhere.
        package var stateDirectory: String?
        package var lostPolicy = LostPolicy.goOn
        package var logger = Logger(label: "botcontrol.worker")
        package var wallClock = WallClock.system
        package var clock = MonotonicClock.system
        package var backoff = Backoff()
        /// False for one that only looks: nobody waits for it.
        package var acknowledges = true

        package init(_ identity: WorkerIdentity) {
            self.identity = identity
        }
    }

    package let live: LiveSet
    package let follower: FeedFollower
    private let source: any FeedSource
    private let file: StateFile?
    package let configuration: Configuration

    /// Reads the last known good state, when there is one.
    ///
    /// - Throws: when the directory for it cannot be made.
    package init(_ configuration: Configuration, source: any FeedSource) throws {
        (self.configuration, self.source) = (configuration, source)
        file = try configuration.stateDirectory.map { try StateFile(directory: $0) }
        live = LiveSet(
            file.map { Self.load($0, configuration.logger) } ?? ActiveSet(), policy: configuration.lostPolicy,
            clock: configuration.clock)
        follower = FeedFollower(
            source: source, live: live, clock: configuration.clock, backoff: configuration.backoff,
            logger: configuration.logger)
    }

    private static func load(_ file: StateFile, _ logger: Logger) -> ActiveSet {
        switch file.load() {
        case .absent: break
        case .read(let set):
            logger.info(
                "starting from the last known good state",
                metadata: ["at": "\(set.cursor)", "documents": "\(set.documents.count)"])
            return set
        case .putAside(let reason):
            logger.warning("the state file is not used: starting from a snapshot", metadata: ["reason": "\(reason)"])
        }
        return ActiveSet()
    }

    /// In the order in which they start. They stop the other way round: first nothing more is applied, then goodbye is
    /// said of what was applied last, then that is written. The source is closed after them all.
    package var services: [any Service] {
        let (wallClock, clock, logger) = (configuration.wallClock, configuration.clock, configuration.logger)
        var services: [any Service] = []
        if let file {
            services.append(StateKeeper(file: file, live: live, wallClock: wallClock, clock: clock, logger: logger))
        }
        if configuration.acknowledges {
            services.append(
                Acknowledger(
                    identity: configuration.identity, source: source, live: live, wallClock: wallClock, clock: clock,
                    logger: logger))
        }
        services.append(FreshnessWatch(live: live, clock: clock, logger: logger))
        services.append(follower)
        return services
    }
}
