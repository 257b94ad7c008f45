import Commands
import Domain
import EventStore
import Logging
import ServiceLifecycle
import Synchronization

/// Makes history of what workers' circuit breakers report, one after the other.
final class BreakerDesk: Service {
    /// So many wait; older ones are dropped, for the newest say how things are.
    static let waitingMax = 10_000
    private static let attemptsMax = 3

    private let commands: CommandHandler
    private let clock: WallClock
    private let logger: Logger
    private let changes: AsyncStream<BreakerChange>
    private let entrance: AsyncStream<BreakerChange>.Continuation

    init(commands: CommandHandler, clock: WallClock, logger: Logger) {
        (self.commands, self.clock, self.logger) = (commands, clock, logger)
        (changes, entrance) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.waitingMax))
    }

    func take(_ changes: [BreakerChange]) {
        for change in changes { entrance.yield(change) }
    }

    /// Until the server stops; what waits by then is still recorded.
    func run() async throws {
        await withGracefulShutdownHandler {
            for await change in changes { await record(change) }
        } onGracefulShutdown: {
            self.entrance.finish()
        }
    }

    private func record(_ change: BreakerChange) async {
        for attempt in 1...Self.attemptsMax {
            let id = EventID.random(microseconds: clock.now.microseconds).description
            do {
                return try await commands.takeBreaker(change, .system(correlationID: id, commandID: id))
            } catch {
                guard attempt == Self.attemptsMax else {
                    try? await Task.sleep(for: .milliseconds(200))
                    continue
                }
                logger.warning(
                    "what a circuit breaker did was not recorded",
                    metadata: ["install": "\(change.installID)", "error": "\(error)"])
            }
        }
    }
}
