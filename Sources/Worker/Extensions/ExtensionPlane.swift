import Domain
import Extensions
import Logging
import Sandbox
import ServiceLifecycle
import Synchronization
import Text

/// The part of a worker that runs the extensions of its accounts, put together: what is said and what happens sets off
/// triggers, handlers are called in the sandbox, and what they want is done.
package final class ExtensionPlane: Sendable {
    package struct Configuration: Sendable {
        package var worker: String
        package var runner: any HandlerRunning
        package var bundles: any BundleSource
        /// What the runner's host counts requests with; its own when nobody else does.
        package var requests = RequestPurses()
        /// Where bundles are kept between two starts; nil for nowhere.
        package var bundleDirectory: String?
        /// How long a program stays in memory that nobody calls; longer than any call may take.
        package var idleMax = Duration.seconds(600)
        /// Hears of circuit breakers.
        package var report: @Sendable (BreakerChange) -> Void = { _ in }
        package var wallClock = WallClock.system
        package var clock = MonotonicClock.system
        package var logger = Logger(label: "botcontrol.extensions")

        package init(worker: String, runner: any HandlerRunning, bundles: any BundleSource) {
            (self.worker, self.runner, self.bundles) = (worker, runner, bundles)
        }
    }

    private let configuration: Configuration
    private let live: LiveSet
    private let modules: ModuleCache
    private let line = JobLine()
    private let board: BreakerBoard
    private let shelf: ProgramShelf
    private let desk: HandlerDesk
    private let answer: @Sendable (ActiveCommand, ChatMessage, MessageReceipt?) -> Void
    private let cooldowns = Cooldowns()
    private let spaces = FormSpaces()
    private let seen: Mutex<SeenMessages>

    /// - Parameter answer: answers a command of the registry, once no extension has anything against the line.
    init(
        _ configuration: Configuration, live: LiveSet, modules: ModuleCache,
        act: @escaping @Sendable ([PendingAction]) -> Void,
        answer: @escaping @Sendable (ActiveCommand, ChatMessage, MessageReceipt?) -> Void,
        report: @escaping @Sendable (ModerationRecord) -> Void
    ) {
        (self.configuration, self.live, self.modules, self.answer) = (configuration, live, modules, answer)
        seen = Mutex(SeenMessages(at: configuration.clock.now))
        let (clock, wallClock, logger) = (configuration.clock, configuration.wallClock, configuration.logger)
        board = BreakerBoard(clock: clock, wallClock: wallClock, report: configuration.report, logger: logger)
        shelf = ProgramShelf(
            configuration.runner,
            bundles: BundleStore(configuration.bundles, directory: configuration.bundleDirectory, logger: logger),
            board: board, line: line, clock: clock, idleMax: configuration.idleMax, logger: logger)
        desk = HandlerDesk(
            worker: configuration.worker, live: live, runner: configuration.runner, shelf: shelf, board: board,
            requests: configuration.requests, clock: clock, wallClock: wallClock, logger: logger, act: act,
            report: report)
    }

    /// For tests and for whoever wants to know.
    var counts: HandlerDesk.Counts { desk.counts }
    var loaded: Set<InstallID> { shelf.loaded }
    /// Nothing is under way.
    package var isIdle: Bool { line.count == 0 }

    var services: [any Service] {
        [line, ShelfKeeper(shelf: shelf, board: board, live: live, clock: configuration.clock)]
    }

    func timers(
        _ chat: ChatPlane.Configuration, live: LiveSet, leases: LeaseHolder, modules: ModuleCache
    ) -> ExtensionTimers {
        ExtensionTimers(
            live: live, leases: leases, authority: chat.authority, modules: modules, clock: configuration.clock,
            logger: configuration.logger, fire: { self.receive($0, in: $1) })
    }

    /// Looks whether a line that the built-in modules had nothing against sets off anything. It waits for nothing.
    ///
    /// - Parameter command: of the registry, which the line calls.
    func receive(
        _ message: ChatMessage, _ command: ActiveCommand?, _ table: TriggerTable, _ receipt: MessageReceipt?
    ) {
        guard !message.author.roles.contains(.ownBot) else { return }
        let moderates = table.moderates(of: message)
        // A line that was dealt with before is not answered a second time.
        let others =
            receipt?.isRepeated == true || table.ignoresMessages
            ? []
            : spaces.use(message.channel) { space in
                table.hits(on: message, with: space)
            }
        var reactions = Reactions(command, others)
        if moderates.isEmpty, let command = reactions.command {
            answer(command, message, receipt)
            reactions = Reactions(nil, reactions.hits)
        }
        guard !moderates.isEmpty || !reactions.isEmpty else { return }
        receipt?.hold()
        let isTaken = line.put(for: message.channel.accountID) { [self, reactions] in
            await handle(message, moderates, reactions, receipt)
            receipt?.settle()
        }
        if !isTaken { receipt?.settle() }
    }

    /// A line that is taken down was never said: it sets off nothing else.
    private func handle(
        _ message: ChatMessage, _ moderates: [TriggerHit], _ reactions: Reactions, _ receipt: MessageReceipt?
    ) async {
        let occasion = HandlerOccasion.message(message)
        if !moderates.isEmpty, await desk.call(moderates, on: occasion, receipt: receipt) { return }
        if let command = reactions.command { answer(command, message, receipt) }
        let now = configuration.clock.now
        let ready = reactions.hits.filter { cooldowns.take($0, by: message, at: now) }
        if !ready.isEmpty { _ = await desk.call(ready, on: occasion, receipt: receipt) }
    }

    /// Something has happened on a platform. What comes again is not answered again.
    package func receive(_ event: PlatformEvent) {
        guard live.mayAct(event.channel.accountID, on: event.channel.platform),
            configuration.wallClock.now.seconds(since: event.at) <= Moderator.ageMaxSeconds,
            let hits = modules.programs(of: event.channel.accountID).triggers?.hits(on: event), !hits.isEmpty,
            seen.withLock({ $0.insert(event, at: configuration.clock.now) })
        else { return }
        call(hits, on: .event(live.markingOwnBot(event)))
    }

    /// What is to be told of the account's channel on a platform besides chat.
    func wantedEvents(of account: AccountID, on platform: Platform) -> Set<PlatformEvent.Kind> {
        let names = modules.programs(of: account).triggers?.wantedEvents ?? []
        return Set(names.filter { $0.platform == platform }.map(\.kind))
    }

    /// A timer has run out.
    func receive(_ hit: TriggerHit, in channel: ChatChannel) {
        call([hit], on: .time(channel))
    }

    private func call(_ hits: [TriggerHit], on occasion: HandlerOccasion) {
        guard !hits.isEmpty else { return }
        line.put(for: occasion.channel.accountID) { [desk] in
            _ = await desk.call(hits, on: occasion, receipt: nil)
        }
    }

    func sweep() {
        cooldowns.sweep(at: configuration.clock.now)
        desk.sweep()
        shelf.sweep()
    }
}

/// Memory for the forms of texts, in several parts so that channels do not wait for one another.
private final class FormSpaces: Sendable {
    private final class Part: Sendable {
        let forms = Mutex(Box())
    }

    /// A lock wants something of its own to keep.
    private struct Box {
        let forms = NormalForms()
    }

    private let parts = (0..<8).map { _ in Part() }

    func use<Value: Sendable>(_ channel: ChatChannel, _ body: (NormalForms) -> Value) -> Value {
        let part = parts[Int(truncatingIfNeeded: UInt(bitPattern: channel.hashValue)) & (parts.count - 1)]
        return part.forms.withLock { body($0.forms) }
    }
}
