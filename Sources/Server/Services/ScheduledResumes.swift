import Commands
import Domain
import EventStore
import Logging
import Projections
import ServiceLifecycle

/// Resumes bots whose pause has come to its end, also when the end came while the server was down.
///
/// It holds no timers of its own: the read models say which end comes first, and a change rings the doorbell.
struct ScheduledResumes: Service {
    private static let batch = 100
    /// Ends can be set earlier by a change; the doorbell tells, and this bounds how long a step of the clock can hide.
    private static let napSecondsMax = 30.0

    let commands: CommandHandler
    let readModels: ReadModels
    let clock: WallClock
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let seen = readModels.position
                let next = await resumeDue()
                await nap(until: next, orChangeAfter: seen)
            }
        }
    }

    /// Resumes whatever is due; the next end, when there is one.
    private func resumeDue() async -> Timestamp? {
        do {
            for pause in try readModels.scheduledResumes(limit: Self.batch) {
                guard let until = pause.pause?.until else { continue }
                if until > clock.now { return until }
                let outcome = try await commands.resumeBotOnSchedule(
                    pause.accountID, pause.platform, until: until, request(until))
                _ = await readModels.wait(for: outcome.position, timeoutSeconds: 5)
            }
            return nil
        } catch {
            logger.warning("a scheduled resume has to wait", metadata: ["error": "\(error)"])
            return clock.now.adding(seconds: 5)
        }
    }

    private func request(_ until: Timestamp) -> CommandRequest {
        let id = EventID.random(microseconds: clock.now.microseconds).description
        return .system(correlationID: id, commandID: id)
    }

    private func nap(until next: Timestamp?, orChangeAfter position: Int) async {
        let seconds = next.map { max(0.001, $0.seconds(since: clock.now)) } ?? Self.napSecondsMax
        _ = await readModels.wait(for: position + 1, timeoutSeconds: min(seconds, Self.napSecondsMax))
    }
}
