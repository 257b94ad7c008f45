import Commands
import Dispatch
import Domain
import EventStore
import Logging
import Privacy
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
    package let bundles: BundleFiles
    /// nil: nothing can be submitted.
    let bundleJudge: (any BundleJudging)?
    let breakers: BreakerDesk
    let gate: Gate
    /// Whose signatures are taken besides our own.
    let keySet: KeySetSource?
    package let clock: WallClock
    let logger: Logger
    package let metrics: MetricsRegistry
    package let companions = Companions()
    package let webhooks = WebhookDesk()
    /// The log of all events, as others can check it.
    package let log: LogDesk
    let erasures: ErasureDesk
    let recorder: RequestRecorder
    let exports: ExportCounts
    let webhookRules: WebhookAddressRules
    let security: SecurityWatch
    let pages = PageCache()
    let feed: FeedHub
    let live: LiveHub
    let moderation: ModerationHub
    let backtests = BacktestDesk()
    /// Where the read models are asked how they were.
    let past: HistoryDesk
    /// From a change's recording to the word that a worker has applied it.
    let convergenceSeconds: Family<Histogram>
    private let rebuilding = Atomic(false)
    private let stopping = Atomic(false)

    init(
        journal: Journal, readModels: ReadModels, runtime: RuntimeStore, gate: Gate, keySet: KeySetSource?,
        clock: WallClock, logger: Logger, bundles: BundleFiles, bundleJudge: (any BundleJudging)?, log: LogDesk,
        webhookRules: WebhookAddressRules, personalKeys: PersonalKeys
    ) {
        self.webhookRules = webhookRules
        self.log = log
        (self.bundles, self.bundleJudge) = (bundles, bundleJudge)
        (self.journal, self.readModels, self.runtime, self.gate) = (journal, readModels, runtime, gate)
        (self.keySet, self.clock, self.logger) = (keySet, clock, logger)
        commands = CommandHandler(journal: journal, clock: clock)
        let history = History(journal: journal, epoch: journal.epoch, directory: journal.directory)
        past = HistoryDesk(history)
        erasures = ErasureDesk(personalKeys, journal, commands, readModels, history)
        breakers = BreakerDesk(commands: commands, clock: clock, logger: logger)
        security = SecurityWatch(runtime: runtime)
        metrics = MetricsRegistry()
        exports = ExportCounts(metrics)
        recorder = RequestRecorder(metrics: metrics, logger: logger)
        feed = FeedHub(readModels: readModels, authenticator: gate.authenticator, clock: clock)
        live = LiveHub(
            readModels: readModels, runtime: runtime, journal: journal, authenticator: gate.authenticator, clock: clock)
        moderation = ModerationHub(runtime: runtime, authenticator: gate.authenticator, metrics: metrics)
        convergenceSeconds = metrics.histogram(
            "botcontrol_convergence_seconds", "From the recording of a change to a worker's word that it is applied.",
            labels: ["worker"])
        ServerMetrics.registerWorkers(in: metrics, runtime: runtime, readModels: readModels, feed: feed, clock: clock)
        ServerMetrics.registerModeration(in: metrics, moderation)
        ServerMetrics.register(in: metrics, journal: journal, readModels: readModels, clock: clock)
    }

    /// For durations: nanoseconds that only grow.
    func monotonicNanoseconds() -> UInt64 { DispatchTime.now().uptimeNanoseconds }

    /// True for the one caller who may rebuild now.
    func beginRebuild() -> Bool {
        rebuilding.compareExchange(expected: false, desired: true, ordering: .sequentiallyConsistent).exchanged
    }

    func endRebuild() {
        rebuilding.store(false, ordering: .sequentiallyConsistent)
    }

    /// Takes what a worker reports.
    ///
    /// - Parameter place: up to where a stream of reports has been read with this one.
    package func take(_ report: Report, place: ReportPlace? = nil) {
        runtime.record(report.heartbeats)
        moderation.take(report.moderation, place: place)
        breakers.take(report.breakers)
    }

    /// Of the feed, over HTTP.
    package var openStreams: Int { feed.count }

    /// Of the moderation log.
    package var openModerationStreams: Int { moderation.count }

    var isStopping: Bool { stopping.load(ordering: .relaxed) }

    func beginStopping() {
        stopping.store(true, ordering: .relaxed)
    }
}
