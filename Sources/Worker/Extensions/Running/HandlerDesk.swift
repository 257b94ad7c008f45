import Domain
import Extensions
import Logging
import Sandbox
import Synchronization

/// Calls handlers and hands on what they want done, unless something speaks against it by then.
final class HandlerDesk: Sendable {
    struct Counts: Equatable, Sendable {
        /// Handlers that were called.
        var calls = 0
        var failures = 0
        /// What they wanted and did not get: without permission, without a target, too much of it.
        var refused = 0
        /// Wanted by an install that was stopped meanwhile.
        var dropped = 0
    }

    private let worker: String
    private let live: LiveSet
    private let runner: any HandlerRunning
    private let shelf: ProgramShelf
    private let board: BreakerBoard
    private let requests: RequestPurses
    private let clock: MonotonicClock
    private let wallClock: WallClock
    private let act: @Sendable ([PendingAction]) -> Void
    private let report: @Sendable (ModerationRecord) -> Void
    private let logbook: HandlerLogbook
    private let quota = ActionQuota()
    private let tally = Mutex(Counts())

    init(
        worker: String, live: LiveSet, runner: any HandlerRunning, shelf: ProgramShelf, board: BreakerBoard,
        requests: RequestPurses, clock: MonotonicClock, wallClock: WallClock, logger: Logger,
        act: @escaping @Sendable ([PendingAction]) -> Void, report: @escaping @Sendable (ModerationRecord) -> Void
    ) {
        (self.worker, self.live, self.runner, self.shelf) = (worker, live, runner, shelf)
        (self.board, self.requests) = (board, requests)
        (self.clock, self.wallClock, self.act, self.report) = (clock, wallClock, act, report)
        logbook = HandlerLogbook(clock: clock, logger: logger)
    }

    var counts: Counts { tally.withLock { $0 } }

    /// Calls several handlers, each beside the others, and does what they want.
    ///
    /// - Returns: whether any of them takes action against the occasion.
    func call(_ hits: [TriggerHit], on occasion: HandlerOccasion, receipt: MessageReceipt?) async -> Bool {
        if hits.count == 1 { return await call(hits[0], on: occasion, receipt) }
        return await withTaskGroup(of: Bool.self) { group in
            for hit in hits { group.addTask { await self.call(hit, on: occasion, receipt) } }
            return await group.reduce(false) { $0 || $1 }
        }
    }

    private func call(_ hit: TriggerHit, on occasion: HandlerOccasion, _ receipt: MessageReceipt?) async -> Bool {
        guard live.mayRun(hit.install, on: occasion.channel.platform), board.admits(hit.install) else { return false }
        guard let program = await shelf.program(for: hit.install), program.triggers.contains(hit.trigger.id) else {
            // Of the version that is to come, and for which this one does not stand.
            board.abandoned(hit.install.id)
            return false
        }
        // Loading may have taken a while.
        guard live.mayRun(hit.install, on: occasion.channel.platform) else {
            board.abandoned(hit.install.id)
            return false
        }
        let wanted = await run(hit, on: occasion)
        guard live.mayRun(hit.install, on: occasion.channel.platform) else {
            tally.withLock { $0.dropped += wanted.count }
            return false
        }
        let pending = wanted.compactMap { self.pending($0, of: hit, on: occasion, receipt) }
        if !pending.isEmpty { act(pending) }
        return pending.contains { $0.moderates }
    }

    /// What a handler wants, as far as it can be read.
    private func run(_ hit: TriggerHit, on occasion: HandlerOccasion) async -> [HandlerAction] {
        let install = hit.install.id, now = wallClock.now
        let context = HandlerContext(
            triggerID: hit.trigger.id, kind: hit.trigger.kind, occasion: occasion, match: hit.match,
            arguments: hit.arguments, untried: hit.untried, now: now)
        let call = HandlerCall(
            install: install, triggerID: hit.trigger.id, context: context.bytes, now: now,
            seed: .random(in: .min ... .max), wallLimit: HandlerLimits.wall(of: hit))
        tally.withLock { $0.calls += 1 }
        requests.begin(install)
        let end = await runner.run(call)
        requests.end(install)
        logbook.write(end.log, of: hit)
        switch end.result {
        case .returned(let bytes):
            do {
                let actions = try HandlerAction.list(bytes)
                board.succeeded(install)
                return actions
            } catch {
                fail(hit, SandboxFailure(.result, "what it returned is not done: \(error)"))
            }
        case .failed(let failure):
            if failure.kind == .unloaded { shelf.lost(install) }
            fail(hit, failure)
        }
        return []
    }

    private func fail(_ hit: TriggerHit, _ failure: SandboxFailure) {
        tally.withLock { $0.failures += 1 }
        logbook.write(failure, of: hit)
        board.failed(hit.install.id, failure)
    }

    /// nil for what it does not get.
    private func pending(
        _ action: HandlerAction, of hit: TriggerHit, on occasion: HandlerOccasion, _ receipt: MessageReceipt?
    ) -> PendingAction? {
        var record = record(action, of: hit, on: occasion)
        do {
            guard hit.install.document.granted.contains(action.permission) else {
                throw Refusal("the extension has no permission \(action.permission.rawValue)")
            }
            let chatAction = try action.chatAction(on: occasion)
            guard quota.take(hit.install.id, at: clock.now) else {
                throw Refusal("it has done \(ActionQuota.countMax) things within a minute")
            }
            // What people would read twice is not said again.
            if receipt?.isRepeated == true, chatAction.isSpoken { return nil }
            receipt?.hold()
            var pending = PendingAction(chatAction, record: record, decidedAt: clock.now)
            (pending.origin, pending.receipt) = (.install(hit.install), receipt)
            return pending
        } catch {
            tally.withLock { $0.refused += 1 }
            (record.outcome, record.problem) = (.notActionable, "\(error)")
            report(record)
            return nil
        }
    }

    private struct Refusal: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    private func record(
        _ action: HandlerAction, of hit: TriggerHit, on occasion: HandlerOccasion
    ) -> ModerationRecord {
        let document = hit.install.document
        var name = ChatAction.Name.say, seconds: Int?
        switch action {
        case .say, .reply: break
        case .delete: name = .delete
        case .timeout(let duration, _): (name, seconds) = (.timeout, duration)
        case .ban: name = .ban
        case .warn: name = .warn
        }
        return ModerationRecord(
            at: wallClock.now, worker: worker, channel: occasion.channel, messageID: occasion.message?.id ?? "",
            author: occasion.user ?? ChatUser(id: "bot", login: "bot", name: "bot", roles: .ownBot),
            text: occasion.message?.text ?? action.spokenText ?? "", module: document.installID.moduleName,
            rule: String(hit.trigger.id.prefix(200)), action: name, durationSeconds: seconds,
            reason: action.reason ?? "\(document.release.name) \(document.release.version)", outcome: .observed)
    }

    func sweep() {
        quota.sweep(at: clock.now)
        logbook.sweep()
    }
}

extension InstallID {
    /// What the moderation log calls it: the id, for a name is neither unique nor fixed.
    package var moduleName: String { "extension:\(rawValue)" }
}

extension HandlerAction {
    fileprivate var spokenText: String? {
        switch self {
        case .say(let text), .reply(let text): text
        default: nil
        }
    }
}

extension PendingAction {
    fileprivate var moderates: Bool { if case .say = action { false } else { true } }
}
