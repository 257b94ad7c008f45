import BotModules
import Domain
import Synchronization

/// Judges what is said in chat, and hands on what is to be done about it.
///
/// It waits for nothing: whoever brings a message does so from any thread, and goes on.
package final class Moderator: Sendable {
    /// An older message is counted, not acted on: after an outage nobody is punished for what is long over.
    static let ageMaxSeconds = 60.0

    package struct Configuration: Sendable {
        package var worker: String
        package var wallClock = WallClock.system
        package var clock = MonotonicClock.system

        package init(worker: String) {
            self.worker = worker
        }
    }

    private let configuration: Configuration
    private let live: LiveSet
    private let modules: ModuleCache
    private let called: @Sendable (ChatMessage) -> ActiveCommand?
    private let goOn: GoOn
    private let windows = ChannelWindows()
    private let seen: Mutex<SeenMessages>
    private let tally = Mutex(ChatCounts())
    private let act: @Sendable ([PendingAction]) -> Void
    private let lineSaid: @Sendable (ChatMessage) -> Void
    private let report: @Sendable (ModerationRecord) -> Void

    /// - Parameters:
    ///   - act: takes what is to be done about one message, the most urgent first.
    ///   - lineSaid: hears of every message that was said while the bot may act, for the timed messages.
    ///   - report: takes the log's line of a hit about which nothing is done.
    package convenience init(
        _ configuration: Configuration, live: LiveSet, act: @escaping @Sendable ([PendingAction]) -> Void,
        lineSaid: @escaping @Sendable (ChatMessage) -> Void = { _ in },
        report: @escaping @Sendable (ModerationRecord) -> Void
    ) {
        self.init(
            configuration, live: live, modules: ModuleCache(live: live), act: act, called: { _ in nil },
            goOn: { _, _, _, _ in }, lineSaid: lineSaid, report: report)
    }

    typealias GoOn = @Sendable (ChatMessage, ActiveCommand?, TriggerTable?, MessageReceipt?) -> Void

    /// - Parameters:
    ///   - called: the command that a message calls.
    ///   - goOn: takes messages that no built-in module has hit, which call a command or are of accounts whose
    ///     extensions may want them.
    init(
        _ configuration: Configuration, live: LiveSet, modules: ModuleCache,
        act: @escaping @Sendable ([PendingAction]) -> Void,
        called: @escaping @Sendable (ChatMessage) -> ActiveCommand?, goOn: @escaping GoOn,
        lineSaid: @escaping @Sendable (ChatMessage) -> Void, report: @escaping @Sendable (ModerationRecord) -> Void
    ) {
        (self.configuration, self.live, self.modules) = (configuration, live, modules)
        (self.act, self.called, self.goOn) = (act, called, goOn)
        (self.lineSaid, self.report) = (lineSaid, report)
        seen = Mutex(SeenMessages(at: configuration.clock.now))
    }

    package var counts: ChatCounts { tally.withLock { $0 } }

    /// How many channels something is remembered of.
    package var channelCount: Int { windows.count }

    package func receive(_ message: ChatMessage, receipt: MessageReceipt? = nil) {
        defer { receipt?.settle() }
        tally.withLock { $0.received += 1 }
        let now = configuration.clock.now
        guard seen.withLock({ $0.insert(message, at: now) }) else { return tally.withLock { $0.repeated += 1 } }
        guard live.mayAct(message.channel.accountID, on: message.channel.platform) else {
            return tally.withLock { $0.dropped += 1 }
        }
        judge(live.markingOwnBot(message), at: now, receipt)
    }

    private func judge(_ message: ChatMessage, at now: MonotonicClock.Instant, _ receipt: MessageReceipt?) {
        if !message.isEdit { lineSaid(message) }
        let programs = modules.programs(of: message.channel.accountID), modules = programs.modules
        // A line that was dealt with before is not answered a second time.
        let command = receipt?.isRepeated == true ? nil : called(message)
        guard !modules.judgesNothing || programs.triggers != nil || command != nil else { return }
        let moment = configuration.wallClock.now
        guard moment.seconds(since: message.sentAt) <= Self.ageMaxSeconds else {
            windows.observe(message, by: modules, at: moment)
            return tally.withLock { $0.observed += 1 }
        }
        let verdict = modules.judgesNothing ? nil : windows.judge(message, by: modules, at: moment)
        guard let verdict else {
            if command != nil || programs.triggers != nil { goOn(message, command, programs.triggers, receipt) }
            return
        }
        tally.withLock { $0.hits += 1 }
        carryOut(verdict, on: message, at: now, moment, receipt)
    }

    private func carryOut(
        _ verdict: Verdict, on message: ChatMessage, at now: MonotonicClock.Instant, _ moment: Timestamp,
        _ receipt: MessageReceipt?
    ) {
        var actions = verdict.actions(against: message)
        if receipt?.isRepeated == true { actions.removeAll { $0.isSpoken } }
        guard !actions.isEmpty else {
            return report(record(verdict, message, verdict.recordedAction, at: moment))
        }
        act(
            actions.map { action in
                receipt?.hold()
                var pending = PendingAction(
                    action, record: record(verdict, message, action.name, at: moment), decidedAt: now)
                pending.receipt = receipt
                return pending
            })
    }

    private func record(
        _ verdict: Verdict, _ message: ChatMessage, _ action: ChatAction.Name, at moment: Timestamp
    ) -> ModerationRecord {
        ModerationRecord(
            at: moment, worker: configuration.worker, channel: message.channel, messageID: message.id,
            author: message.author, text: message.text, module: verdict.module.rawValue, rule: verdict.rule.rawValue,
            matched: .init(text: verdict.matched.text, range: verdict.matched.range), action: action,
            durationSeconds: action == .timeout ? verdict.durationSeconds : nil, reason: verdict.reason,
            outcome: .observed)
    }

    /// To be told of every action that is over: a timeout that was not set does not run.
    package func actionIsOver(_ record: ModerationRecord) {
        guard record.action == .timeout, record.outcome != .done, record.outcome != .alreadySo else { return }
        windows.forgetTimeout(of: record.author.id, in: record.channel)
    }

    /// Lets go of what is not needed any more; to be called now and then.
    package func sweep() {
        windows.sweep(at: configuration.wallClock.now)
        modules.sweep()
    }
}

extension ChatAction {
    /// What people would read twice.
    var isSpoken: Bool {
        switch self {
        case .warn, .say: true
        case .delete, .timeout, .ban: false
        }
    }
}

extension Verdict {
    fileprivate var recordedAction: ChatAction.Name {
        switch action {
        case .delete: .delete
        case .timeout: .timeout
        case .warn: .warn
        }
    }
}

extension LiveSet {
    /// Who brings chat may not know which user is our own bot.
    func markingOwnBot(_ message: ChatMessage) -> ChatMessage {
        guard isOwnBot(message.author.id, in: message.channel) else { return message }
        var message = message
        message.author.roles.insert(.ownBot)
        return message
    }

    func markingOwnBot(_ event: PlatformEvent) -> PlatformEvent {
        guard let user = event.user, isOwnBot(user.id, in: event.channel) else { return event }
        var event = event
        event.user?.roles.insert(.ownBot)
        return event
    }

    private func isOwnBot(_ user: String, in channel: ChatChannel) -> Bool {
        read { knowledge in
            user == knowledge.set.tenant(channel.accountID)?.bot(on: channel.platform)?.connection?.botUserID
                || user == knowledge.set.provider(channel.platform)?.botIdentity?.userID
        }
    }
}
