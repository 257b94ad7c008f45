import Domain
import Logging
import ServiceLifecycle
import Synchronization

@testable import Worker

extension DataPlane {
    /// A plane of a worker that says nothing in the log.
    static func quiet(
        _ name: String, _ source: any FeedSource, directory: String? = nil, clock: MonotonicClock = .system,
        wallClock: WallClock = .system
    ) throws -> DataPlane {
        var configuration = DataPlane.Configuration(WorkerIdentity(name: name, version: "1"))
        configuration.stateDirectory = directory
        configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        (configuration.clock, configuration.wallClock) = (clock, wallClock)
        return try DataPlane(configuration, source: source)
    }

    /// Runs its services while the body does, then drains it.
    func running(_ body: () async throws -> Void) async throws {
        let group = ServiceGroup(configuration: .init(services: services, logger: configuration.logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await body()
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}

/// The real clock, which a test may put forward at once; who sleeps does so in real time.
final class PushedClock: Sendable {
    private let pushed = Mutex(Duration.zero)

    var monotonic: MonotonicClock {
        MonotonicClock(
            now: { ContinuousClock.now + self.pushed.withLock { $0 } },
            sleep: { try await Task.sleep(for: $0, clock: .continuous) })
    }

    func advance(by duration: Duration) { pushed.withLock { $0 += duration } }
}
