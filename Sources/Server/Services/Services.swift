import Commands
import Dispatch
import Domain
import EventStore
import Logging
import Projections
import Runtime
import Synchronization

/// What the routes work with; made once by the composition root.
package final class Services: Sendable {
    /// How long an answer to a write waits for the read models.
    static let visibilitySecondsMax = 2.0

    package let journal: Journal
    package let commands: CommandHandler
    package let readModels: ReadModels
    package let runtime: RuntimeStore
    let gate: Gate
    /// Whose signatures are taken besides our own.
    let keySet: KeySetSource?
    package let clock: WallClock
    let logger: Logger
    let metrics: MetricsRegistry
    let recorder: RequestRecorder
    let pages = PageCache()
    private let rebuilding = Atomic(false)
    private let stopping = Atomic(false)

    init(
        journal: Journal, readModels: ReadModels, runtime: RuntimeStore, gate: Gate, keySet: KeySetSource?,
        clock: WallClock, logger: Logger
    ) {
        (self.journal, self.readModels, self.runtime, self.gate) = (journal, readModels, runtime, gate)
        (self.keySet, self.clock, self.logger) = (keySet, clock, logger)
        commands = CommandHandler(journal: journal, clock: clock)
        metrics = MetricsRegistry()
        recorder = RequestRecorder(metrics: metrics, logger: logger)
        ServerMetrics.register(in: metrics, journal: journal, readModels: readModels, clock: clock)
    }

    /// For durations: nanoseconds that only grow.
    func monotonicNanoseconds() -> UInt64 { DispatchTime.now().uptimeNanoseconds }

    /// Waits until a command's change can be read; false when that takes too long.
    func catchUp(to outcome: CommandOutcome) async -> Bool {
        await readModels.wait(for: outcome.position, timeoutSeconds: Self.visibilitySecondsMax)
    }

    /// True for the one caller who may rebuild now.
    func beginRebuild() -> Bool {
        rebuilding.compareExchange(expected: false, desired: true, ordering: .sequentiallyConsistent).exchanged
    }

    func endRebuild() {
        rebuilding.store(false, ordering: .sequentiallyConsistent)
    }

    var isStopping: Bool { stopping.load(ordering: .relaxed) }

    func beginStopping() {
        stopping.store(true, ordering: .relaxed)
    }
}
