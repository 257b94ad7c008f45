import DequeModule
import Domain
import Logging
import ServiceLifecycle
import Synchronization

/// Carries back what the worker has to tell: which bots live, what was done in chat, and which extensions it had to
/// stop. Nobody waits for it.
package final class ReportOutbox: Service {
    /// While nobody takes reports, so many lines are kept; then the oldest are lost, and counted.
    static let recordsMax = 10_000
    /// What comes within this time travels together.
    static let delay = Duration.milliseconds(100)
    /// A bot that lives is told of so often.
    static let heartbeatInterval = Duration.seconds(10)
    static let flushTimeout = Duration.seconds(2)

    private struct State {
        var records = Deque<ModerationRecord>()
        var breakers = Deque<BreakerChange>()
        var heartbeats: [BotName: Heartbeat] = [:]
        var told: [BotName: (at: MonotonicClock.Instant, trouble: String?)] = [:]
        var lost = 0
    }

    private let worker: String
    private let source: any FeedSource
    private let clock: MonotonicClock
    private let backoff: Backoff
    private let logger: Logger
    private let state = Mutex(State())
    private let doorbell = Doorbell()

    package init(
        worker: String, source: any FeedSource, clock: MonotonicClock = .system, backoff: Backoff = Backoff(),
        logger: Logger
    ) {
        (self.worker, self.source, self.clock) = (worker, source, clock)
        (self.backoff, self.logger) = (backoff, logger)
    }

    /// Lines that could not be kept.
    package var lostCount: Int { state.withLock { $0.lost } }

    package func add(_ record: ModerationRecord) {
        state.withLock { state in
            state.records.append(record)
            if state.records.count > Self.recordsMax {
                state.records.removeFirst()
                state.lost += 1
            }
        }
        doorbell.ring()
    }

    package func add(_ change: BreakerChange) {
        state.withLock { state in
            state.breakers.append(change)
            if state.breakers.count > Self.recordsMax { state.breakers.removeFirst() }
        }
        doorbell.ring()
    }

    /// - Parameter trouble: why the chat is not heard; nil when it is.
    package func add(_ channel: ChatChannel, at moment: Timestamp, trouble: String?) {
        let trouble = trouble.map { String($0.unicodeScalars.prefix(Heartbeat.troubleLengthMax)) }
        let bot = BotName(channel.accountID, on: channel.platform), now = clock.now
        let isNews = state.withLock { state in
            if let told = state.told[bot], told.trouble == trouble, now - told.at < Self.heartbeatInterval {
                return false
            }
            state.told[bot] = (now, trouble)
            state.heartbeats[bot] = Heartbeat(
                accountID: bot.account, platform: bot.platform, at: moment, trouble: trouble)
            return true
        }
        if isNews { doorbell.ring() }
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var failures = 0
            while !Task.isCancelled {
                let rings = self.doorbell.count
                if self.isEmpty { await self.doorbell.wait(beyond: rings) }
                try? await self.clock.sleep(for: failures == 0 ? Self.delay : self.backoff.rest(after: failures))
                failures = await self.send() ? 0 : failures + 1
                if failures == 1 { self.logger.warning("reports do not arrive: they are kept for now") }
            }
        }
        await flush()
    }

    private var isEmpty: Bool { state.withLock { $0.records.isEmpty && $0.heartbeats.isEmpty && $0.breakers.isEmpty } }

    /// - Returns: false when it has failed; nothing is lost then.
    private func send() async -> Bool {
        let report = state.withLock { state in
            let records = state.records.prefix(Report.moderationMax)
            let beats = state.heartbeats.prefix(Report.heartbeatsMax)
            let breakers = state.breakers.prefix(Report.breakersMax)
            state.records.removeFirst(records.count)
            state.breakers.removeFirst(breakers.count)
            for beat in beats { state.heartbeats[beat.key] = nil }
            return Report(
                worker: worker, heartbeats: beats.map(\.value), moderation: Array(records), breakers: Array(breakers))
        }
        guard !report.isEmpty else { return true }
        do {
            try await source.report(report)
            return true
        } catch {
            putBack(report)
            return false
        }
    }

    private func putBack(_ report: Report) {
        state.withLock { state in
            let room = max(0, Self.recordsMax - state.records.count)
            state.records.prepend(contentsOf: report.moderation.suffix(room))
            state.lost += max(0, report.moderation.count - room)
            state.breakers.prepend(contentsOf: report.breakers)
            for beat in report.heartbeats {
                let bot = BotName(beat.accountID, on: beat.platform)
                state.heartbeats[bot] = state.heartbeats[bot] ?? beat
            }
        }
    }

    /// What is left at the end, unless it takes too long.
    private func flush() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { while !self.isEmpty, !Task.isCancelled, await self.send() {} }
            group.addTask { [clock] in try? await clock.sleep(for: Self.flushTimeout) }
            await group.next()
            group.cancelAll()
        }
    }
}
