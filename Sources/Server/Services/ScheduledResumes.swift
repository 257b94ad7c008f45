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
    private static let retrySeconds = 5.0
    /// Changes come by the thousand a second; looking after each would cost more than they do.
    private static let pauseSeconds = 0.1

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

    /// Resumes whatever is due; the next moment to look again, when there is one.
    private func resumeDue() async -> Timestamp? {
        var retry: Timestamp?
        do {
            for bot in try readModels.scheduledResumes(limit: Self.batch) {
                guard let until = bot.pause?.until else { continue }
                if until > clock.now { return min(until, retry ?? until) }
                // One that cannot be resumed must not keep the others waiting.
                if await !resume(bot, until) { retry = clock.now.adding(seconds: Self.retrySeconds) }
            }
            return retry
        } catch {
            logger.warning("the scheduled resumes have to wait", metadata: ["error": "\(error)"])
            return clock.now.adding(seconds: Self.retrySeconds)
        }
    }

    private func resume(_ bot: BotDocument, _ until: Timestamp) async -> Bool {
        do {
            let outcome = try await commands.resumeBotOnSchedule(bot.accountID, bot.platform, until: until, request())
            return await readModels.wait(for: outcome.position, timeoutSeconds: 5)
        } catch {
            logger.warning(
                "a scheduled resume has to wait",
                metadata: ["bot": "\(bot.accountID):\(bot.platform.rawValue)", "error": "\(error)"])
            return false
        }
    }

    private func request() -> CommandRequest {
        let id = EventID.random(microseconds: clock.now.microseconds).description
        return .system(correlationID: id, commandID: id)
    }

    private func nap(until next: Timestamp?, orChangeAfter position: Int) async {
        let seconds = min(Self.napSecondsMax, next.map { max(0.001, $0.seconds(since: clock.now)) } ?? .infinity)
        let pause = min(Self.pauseSeconds, seconds)
        try? await Task.sleep(for: .seconds(pause))
        if seconds > pause { _ = await readModels.wait(for: position + 1, timeoutSeconds: seconds - pause) }
    }
}
