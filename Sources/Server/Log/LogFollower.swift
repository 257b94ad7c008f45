import Dispatch
import Logging
import ServiceLifecycle
import Transparency

/// Keeps the log's tiles beside the journal, some moments behind it: nothing of it is on an append's way.
struct LogFollower: Service {
    /// Events come by the thousand a second; each pass takes what has come.
    private static let pauseSeconds = 1.0
    private static let passesPerSync = 30

    let services: Services
    /// Reading and writing blocks: it must not block those who answer.
    private let queue = DispatchQueue(label: "log-follower", qos: .utility)

    init(services: Services) {
        self.services = services
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var pass = 0, said: String?
            while !Task.isCancelled {
                pass += 1
                said = await step(isSyncDue: pass.isMultiple(of: Self.passesPerSync), after: said)
                try? await Task.sleep(for: .seconds(Self.pauseSeconds))
            }
        }
        _ = await step(isSyncDue: true, after: nil)
    }

    /// - Parameter said: what was complained about last; the same is not said twice.
    private func step(isSyncDue: Bool, after said: String?) async -> String? {
        let problem = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: follow(isSyncDue: isSyncDue)) }
        }
        if let problem, problem != said {
            services.logger.error("the log of all events is not signed", metadata: ["error": "\(problem)"])
        }
        return problem
    }

    private func follow(isSyncDue: Bool) -> String? {
        do {
            let log = try services.log.open()
            try log.publish()
            if isSyncDue { try log.sync() }
            return nil
        } catch {
            return "\(error)"
        }
    }
}
