import Domain
import Logging
import Projections
import Redis
import ServiceLifecycle

/// Carries the change feed into Redis, and the workers' acknowledgements and reports back.
///
/// It is woken by every commit, and looks by itself every second. While Redis is away commands go on; afterwards it
/// catches up, for Redis's own tail says how far it had come.
package struct FeedRelay: Service {
    let readModels: ReadModels
    let url: RedisURL
    let settings: RelaySettings
    let clock: WallClock
    let logger: Logger
    let onAcknowledgement: OnAcknowledgement
    let reports: ReportIntake?
    let bundles: RelayedBundles
    let board = RelayBoard()

    /// Is told a worker's word, and how many seconds ago it was said: what was kept is no sign of life.
    package typealias OnAcknowledgement = @Sendable (Acknowledgement, _ secondsAgo: Double) -> Void

    /// - Parameters:
    ///   - reports: takes what workers report; nil leaves it where it is.
    ///   - bundles: gives the bytes of a bundle; nil when they are not to be had.
    ///   - onAcknowledgement: is called on a thread of the relay's, with each one that can be read.
    package init(
        readModels: ReadModels, url: RedisURL, settings: RelaySettings = RelaySettings(), clock: WallClock = .system,
        logger: Logger, reports: ReportIntake? = nil,
        bundles: @escaping RelayedBundles.Read = { _ in nil }, onAcknowledgement: @escaping OnAcknowledgement
    ) {
        (self.readModels, self.url, self.settings) = (readModels, url, settings)
        (self.clock, self.logger, self.onAcknowledgement) = (clock, logger, onAcknowledgement)
        self.reports = reports
        self.bundles = RelayedBundles(read: bundles)
    }

    package var status: Status {
        let board = board.now
        let head = readModels.feedHead(at: clock.now)
        return Status(
            isConnected: board.isConnected, failure: board.failure, head: head.last, redisTail: board.redisTail,
            lastPollAt: board.lastPollAt, lastWriteAt: board.lastWriteAt, epoch: head.epoch,
            generation: board.generation)
    }

    /// Until a graceful shutdown, or the task's end; what was committed by then is still written.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await carryChanges() }
                group.addTask { await AcknowledgementListener(relay: self).run() }
                if let reports { group.addTask { await ReportListener(relay: self, intake: reports).run() } }
            }
        }
    }

    private func carryChanges() async {
        var backoff = Backoff()
        while !Task.isCancelled {
            let connection = RedisConnection(url, limits: settings.limits, name: "relay")
            do {
                try await carryChanges(over: connection) { backoff.succeeded() }
            } catch {
                if board.failed("\(error)") {
                    logger.warning("the feed waits for Redis", metadata: ["error": "\(error)"])
                }
            }
            connection.close()
            try? await Task.sleep(for: backoff.next())
        }
    }

    private func carryChanges(over connection: RedisConnection, succeeded: () -> Void) async throws {
        var place: RelayPass.Place?
        while true {
            let isLast = Task.isCancelled
            let seen = readModels.position, begun = place
            place = try await connection.perform { session in
                var pass = RelayPass(
                    session: session, readModels: readModels, settings: settings, clock: clock, board: board,
                    bundles: bundles, place: begun)
                try pass.run()
                return pass.place
            }
            succeeded()
            if isLast { return }
            if place?.tail != begun?.tail { try? await Task.sleep(for: .seconds(settings.gatherSeconds)) }
            await nap(untilChangeAfter: seen, orStampOf: place)
        }
    }

    /// Workers take the head's stamp for a sign of life: it does not wait for the next look.
    private func nap(untilChangeAfter position: Int, orStampOf place: RelayPass.Place?) async {
        let stampedFor = place.map { $0.comparedAt.duration(to: .now) / .seconds(1) } ?? 0
        let seconds = max(0.01, min(settings.pollSeconds, settings.stampSeconds - stampedFor))
        let end = ContinuousClock.now.advanced(by: .seconds(seconds))
        if await readModels.wait(for: position + 1, timeoutSeconds: seconds) { return }
        // A doorbell that was closed lets everybody go at once.
        try? await Task.sleep(until: end, clock: .continuous)
    }
}
