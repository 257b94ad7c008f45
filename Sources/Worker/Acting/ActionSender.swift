import Domain
import Logging
import Platforms
import ServiceLifecycle
import Synchronization

/// Sends what was decided to one platform, at its pace, and says in the log what became of it.
package final class ActionSender: Service {
    /// What is still to be sent when the worker stops may take so long.
    static let drainTimeout = Duration.seconds(5)

    private let platform: any ChatActing
    private let gate: @Sendable (PendingAction) -> Bool
    private let report: @Sendable (ModerationRecord) -> Void
    private let clock: MonotonicClock
    private let schedule: Mutex<ActionSchedule>
    /// When a sender that is to stop ends; nil while it is to go on.
    private let stopAt = Mutex<MonotonicClock.Instant?>(nil)
    private let doorbell = Doorbell()

    /// - Parameters:
    ///   - gate: whether the bot may do it, asked for each action at the moment of sending.
    ///   - report: takes the log's line of every action that is over.
    package init(
        _ platform: any ChatActing, limit: RateLimit, clock: MonotonicClock = .system, backoff: Backoff = Backoff(),
        gate: @escaping @Sendable (PendingAction) -> Bool, report: @escaping @Sendable (ModerationRecord) -> Void
    ) {
        (self.platform, self.clock, self.gate, self.report) = (platform, clock, gate, report)
        schedule = Mutex(ActionSchedule(limit, backoff: backoff))
    }

    package var waitingCount: Int { schedule.withLock { $0.waitingCount } }

    /// Does not wait for anything.
    package func put(_ actions: [PendingAction]) {
        let dropped = schedule.withLock { schedule in actions.compactMap { schedule.put($0) } }
        for conclusion in dropped { conclude(conclusion) }
        doorbell.ring()
    }

    package func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in await sendAll(in: &group) }
        } onGracefulShutdown: {
            self.stopAt.withLock { $0 = self.clock.now + Self.drainTimeout }
            self.doorbell.ring()
        }
    }

    /// Until the task is cancelled, or everything is sent after the word to stop.
    private func sendAll(in group: inout DiscardingTaskGroup) async {
        while !Task.isCancelled {
            let rings = doorbell.count, now = clock.now
            let stopAt = stopAt.withLock { $0 }
            if let stopAt, isOver(at: now, stopAt) { return }
            switch schedule.withLock({ $0.next(at: now) }) {
            case .send(let action): group.addTask { await self.send(action) }
            case .conclude(let conclusion): conclude(conclusion)
            case .wait(let until): await wait(beyond: rings, atMost: min(until, stopAt ?? until) - now)
            case .rest: await wait(beyond: rings, atMost: stopAt.map { $0 - now })
            }
        }
    }

    /// Whether a sender that is to stop has nothing more to do; what could not be sent in time is over.
    private func isOver(at now: MonotonicClock.Instant, _ stopAt: MonotonicClock.Instant) -> Bool {
        if schedule.withLock({ $0.isEmpty }) { return true }
        guard now >= stopAt else { return false }
        let abandoned = schedule.withLock { $0.abandon("the worker stopped before it was sent") }
        // Not settled: where another worker can take it over, it shall.
        for conclusion in abandoned { report(conclusion.record) }
        return true
    }

    private func wait(beyond rings: Int, atMost duration: Duration?) async {
        guard let duration else { return await doorbell.wait(beyond: rings) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.doorbell.wait(beyond: rings) }
            group.addTask { [clock] in try? await clock.sleep(for: duration) }
            await group.next()
            group.cancelAll()
        }
    }

    private func send(_ action: PendingAction) async {
        var conclusion: ActionSchedule.Conclusion?
        if gate(action) {
            let outcome = await platform.perform(action.action, in: action.channel)
            let now = clock.now
            conclusion = schedule.withLock { $0.finished(action, outcome, at: now) }
        } else {
            conclusion = schedule.withLock { $0.halted(action) }
        }
        if let conclusion { conclude(conclusion) }
        doorbell.ring()
    }

    private func conclude(_ conclusion: ActionSchedule.Conclusion) {
        report(conclusion.record)
        conclusion.action.receipt?.settle()
    }
}
