import Domain
import Logging
import Platforms
import ServiceLifecycle
import Synchronization

/// The half of a worker that acts in chat, put together: what is said is judged, what is decided is sent.
package struct ChatPlane: Sendable {
    package struct Configuration: Sendable {
        package var worker: String
        /// Where there are credentials.
        package var platforms: [Platform: Access] = [:]
        /// Who shares the bots between workers.
        package var authority: any LeaseAuthority = SoleAuthority()
        package var wallClock = WallClock.system
        package var clock = MonotonicClock.system
        package var logger = Logger(label: "botcontrol.worker")
        /// Where it is counted how often commands are used.
        package var uses: any UseCounting = MemoryUses()
        /// With what extensions are run; nil where none are.
        package var extensions: ExtensionPlane.Configuration?

        package init(worker: String) {
            self.worker = worker
        }
    }

    /// How to hear and to act on one platform.
    package struct Access: Sendable {
        package var hands: any ChatActing
        /// nil when what is said comes another way.
        package var ears: (any ChatListening)?
        /// nil where the platform does not say which channels are live.
        package var streams: (any StreamWatching)?

        package init(
            hands: any ChatActing, ears: (any ChatListening)? = nil, streams: (any StreamWatching)? = nil
        ) {
            (self.hands, self.ears, self.streams) = (hands, ears, streams)
        }
    }

    package let moderator: Moderator
    package let leases: LeaseHolder
    /// nil where none are run.
    package let extensions: ExtensionPlane?
    let commands: CommandDesk
    private let senders: [Platform: ActionSender]
    private let timed: TimedSender
    private let sweeper: Sweeper
    private let listeners: [ChatListener]
    private let extensionServices: [any Service]

    /// - Parameters:
    ///   - report: takes the log's line of every action that is over.
    ///   - hears: is told of channels in which events flow, and of those that cannot be heard, with the reason.
    package init(
        _ configuration: Configuration, live: LiveSet, report: @escaping @Sendable (ModerationRecord) -> Void,
        hears: @escaping @Sendable (ChatChannel, Timestamp, _ trouble: String?) -> Void = { _, _, _ in }
    ) {
        let desk = Desk(report: report)
        let senders = configuration.platforms.map { platform, access in
            let sender = ActionSender(
                access.hands, limit: .ordinary(on: platform), clock: configuration.clock,
                gate: { live.mayDo($0) }, report: { desk.isOver($0) })
            return (platform, sender)
        }
        self.senders = Dictionary(uniqueKeysWithValues: senders)
        let platforms = configuration.platforms.isEmpty ? Platform.allCases : Array(configuration.platforms.keys)
        leases = LeaseHolder(
            configuration.authority, live: live, platforms: Set(platforms),
            clock: configuration.clock, logger: configuration.logger)
        let act: @Sendable ([PendingAction]) -> Void = { [senders = self.senders] in Self.hand($0, to: senders, desk) }
        timed = TimedSender(
            configuration.timing, live: live, leases: leases, authority: configuration.authority, act: act)
        let modules = ModuleCache(live: live)
        let commands = CommandDesk(configuration.commands, live: live, act: act)
        self.commands = commands
        let extensions = configuration.extensions.map {
            ExtensionPlane(
                $0, live: live, modules: modules, act: act, answer: { commands.answer($0, to: $1, $2) },
                report: report)
        }
        self.extensions = extensions
        extensionServices =
            extensions.map { [leases] in
                $0.services + [$0.timers(configuration, live: live, leases: leases, modules: modules)]
            } ?? []
        moderator = Moderator(
            configuration.moderation, live: live, modules: modules, act: act,
            called: { commands.called(by: $0) },
            goOn: { Self.goOn(with: $0, $1, $2, $3, commands, extensions) },
            lineSaid: { [timed] in timed.lineSaid($0) }, report: report)
        desk.employ(moderator)
        sweeper = Sweeper(
            moderator: moderator, commands: commands, extensions: extensions, clock: configuration.clock)
        listeners = configuration.platforms.compactMap { [leases, moderator] platform, access in
            access.ears.map {
                ChatListener(
                    platform, $0, live: live, leases: leases, moderator: moderator, clock: configuration.clock,
                    happened: { extensions?.receive($0) },
                    wantedEvents: { extensions?.wantedEvents(of: $0, on: platform) ?? [] }, hears: hears,
                    wallClock: configuration.wallClock, logger: configuration.logger)
            }
        }
    }

    /// In the order in which they start; they stop the other way round, those who send last.
    package var services: [any Service] {
        senders.values.map { $0 } + [sweeper, leases, timed] + commands.services + extensionServices + listeners
    }

    /// A line that no built-in module had anything against.
    private static func goOn(
        with message: ChatMessage, _ command: ActiveCommand?, _ triggers: TriggerTable?, _ receipt: MessageReceipt?,
        _ commands: CommandDesk, _ extensions: ExtensionPlane?
    ) {
        if let extensions, let triggers { return extensions.receive(message, command, triggers, receipt) }
        if let command { commands.answer(command, to: message, receipt) }
    }

    private static func hand(_ actions: [PendingAction], to senders: [Platform: ActionSender], _ desk: Desk) {
        guard let platform = actions.first?.channel.platform else { return }
        if let sender = senders[platform] { return sender.put(actions) }
        for action in actions {
            var record = action.record
            record.problem = "this worker has no credentials for \(platform.rawValue)"
            desk.isOver(record)
            action.receipt?.settle()
        }
    }
}

extension ChatPlane.Configuration {
    fileprivate var timing: TimedSender.Configuration {
        var timing = TimedSender.Configuration(worker: worker)
        (timing.wallClock, timing.clock, timing.logger) = (wallClock, clock, logger)
        return timing
    }

    fileprivate var commands: CommandDesk.Configuration {
        CommandDesk.Configuration(
            worker: worker, uses: uses, streams: StreamBook(platforms.compactMapValues(\.streams), clock: clock),
            clock: clock, wallClock: wallClock, logger: logger)
    }

    fileprivate var moderation: Moderator.Configuration {
        var moderation = Moderator.Configuration(worker: worker)
        (moderation.wallClock, moderation.clock) = (wallClock, clock)
        return moderation
    }
}

/// Where actions that are over are written down: the moderator learns what was not done, the log all.
private final class Desk: Sendable {
    private let report: @Sendable (ModerationRecord) -> Void
    private let moderator = Mutex<Moderator?>(nil)

    init(report: @escaping @Sendable (ModerationRecord) -> Void) {
        self.report = report
    }

    func employ(_ moderator: Moderator) {
        self.moderator.withLock { $0 = moderator }
    }

    func isOver(_ record: ModerationRecord) {
        moderator.withLock { $0 }?.actionIsOver(record)
        report(record)
    }
}

/// Lets go of the memory of channels in which nothing happens.
private struct Sweeper: Service {
    let moderator: Moderator
    let commands: CommandDesk
    let extensions: ExtensionPlane?
    let clock: MonotonicClock

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await clock.sleep(for: .seconds(10))
                moderator.sweep()
                commands.sweep()
                extensions?.sweep()
            }
        }
    }
}

extension LiveSet {
    /// Asked at the moment of sending.
    func mayDo(_ action: PendingAction) -> Bool {
        switch action.origin {
        case .module: mayAct(action.channel.accountID, on: action.channel.platform)
        case .install(let install): mayRun(install, on: action.channel.platform)
        case .command(let command): maySay(command, in: action.channel)
        }
    }
}

extension RateLimit {
    /// Of a bot that is an ordinary user. One that moderates may say more on some platforms.
    static func ordinary(on platform: Platform) -> RateLimit {
        switch platform {
        case .twitch: TwitchLimits.messages(as: [])
        case .discord: RateLimit(count: 5, seconds: 5)
        case .youtube, .kick, .trovo: RateLimit(count: 20, seconds: 60)
        }
    }
}
