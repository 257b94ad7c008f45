import Dispatch
import Domain
import EventStore
import Foundation
import Logging
import Projections
import Redis
import ServiceLifecycle
import Synchronization

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
        let backoff = Mutex(Backoff())
        while !Task.isCancelled {
            let connection = RedisConnection(url, limits: settings.limits, name: "relay")
            do {
                try await carryChanges(over: connection) { backoff.withLock { $0.succeeded() } }
            } catch {
                if board.failed("\(error)") {
                    logger.warning("the feed waits for Redis", metadata: ["error": "\(error)"])
                }
            }
            connection.close()
            try? await Task.sleep(for: backoff.withLock { $0.next() })
        }
    }

    /// All of it happens on the connection's thread, which a commit wakes by itself: a change on its way to the workers
    /// waits for nobody in Swift's pool.
    private func carryChanges(
        over connection: RedisConnection, succeeded: @escaping @Sendable () -> Void
    ) async throws {
        let stop = StopSign()
        try await withTaskCancellationHandler {
            try await connection.perform { session in
                var place: RelayPass.Place?
                repeat {
                    let isLast = stop.isRaised, seen = readModels.position, before = place?.tail
                    var pass = RelayPass(
                        session: session, readModels: readModels, settings: settings, clock: clock, board: board,
                        bundles: bundles, place: place)
                    try pass.run()
                    place = pass.place
                    succeeded()
                    if isLast { return }
                    if place?.tail != before { stop.sleep(seconds: settings.gatherSeconds) }
                    readModels.doorbell.block(
                        until: seen + 1, timeoutSeconds: napSeconds(untilStampOf: place), interruption: stop.bell)
                } while true
            }
        } onCancel: {
            stop.raise()
        }
    }

    /// Workers take the head's stamp for a sign of life: it does not wait for the next look.
    private func napSeconds(untilStampOf place: RelayPass.Place?) -> Double {
        let stampedFor = place.map { $0.comparedAt.duration(to: .now) / .seconds(1) } ?? 0
        return max(0.01, min(settings.pollSeconds, settings.stampSeconds - stampedFor))
    }
}

/// Tells the relay's thread that its next turn is the last.
private final class StopSign: Sendable {
    let bell = DispatchSemaphore(value: 0)
    private let raised = Atomic(false)

    var isRaised: Bool { raised.load(ordering: .acquiring) }

    func raise() {
        raised.store(true, ordering: .releasing)
        bell.signal()
    }

    func sleep(seconds: Double) {
        if !isRaised { Thread.sleep(forTimeInterval: seconds) }
    }
}
