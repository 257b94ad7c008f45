import Runtime
import ServiceLifecycle

/// Writes telemetry to its file every few seconds.
struct RuntimePersistence: Service {
    let runtime: RuntimeStore

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(5))
                runtime.persist()
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
