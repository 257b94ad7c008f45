import Runtime
import ServiceLifecycle

/// Writes telemetry to its file: the moderation log and the security log every second, the rest every few.
struct RuntimePersistence: Service {
    let runtime: RuntimeStore

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var seconds = 0
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                seconds += 1
                runtime.persistModeration()
                runtime.persistSecurity()
                if seconds.isMultiple(of: 5) { runtime.persist() }
            }
        }
    }
}

/// Makes the readiness check fail as soon as the server begins to stop, so that nobody sends it more work.
struct StopSign: Service {
    let services: Services

    func run() async throws {
        try? await gracefulShutdown()
        services.beginStopping()
    }
}
