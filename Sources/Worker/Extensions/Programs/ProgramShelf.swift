import Domain
import Logging
import Sandbox
import Synchronization

/// The programs that stand in the sandbox. One is loaded when it is first needed, and again when its install changes.
///
/// Until a new version stands, the old one goes on. New settings of the same version are waited for instead, which
/// takes milliseconds: whoever has changed them expects the next line to meet them. What nobody has called for a while
/// is let go of, and loaded again by the next call.
final class ProgramShelf: Sendable {
    /// Programs that are loaded at the same time.
    static let loadsMax = 8

    struct Program: Equatable, Sendable {
        let version: ProgramVersion
        /// What it says that it can be called for.
        let triggers: Set<String>
    }

    private struct Slot {
        var running: Program?
        var loading: ProgramVersion?
        var waiting: [CheckedContinuation<Void, Never>] = []
        var failed: (version: ProgramVersion, count: Int, retryAt: MonotonicClock.Instant)?
        var calledAt: MonotonicClock.Instant?
        /// On its way out of the sandbox: whoever needs it comes back when it is gone.
        var isLeaving = false
    }

    private enum Step {
        case use(Program?)
        case wait
        case comeBack
        case load
        case loadBeside(Program)
    }

    private let runner: any HandlerRunning
    private let bundles: BundleStore
    private let board: BreakerBoard
    private let line: JobLine
    private let clock: MonotonicClock
    private let idleMax: Duration
    private let logger: Logger
    private let turnstile = Turnstile(loadsMax)
    private let slots = Mutex<[InstallID: Slot]>([:])

    /// - Parameter idleMax: how long a program stays that nobody calls.
    init(
        _ runner: any HandlerRunning, bundles: BundleStore, board: BreakerBoard, line: JobLine, clock: MonotonicClock,
        idleMax: Duration, logger: Logger
    ) {
        (self.runner, self.bundles, self.board, self.line) = (runner, bundles, board, line)
        (self.clock, self.idleMax, self.logger) = (clock, idleMax, logger)
    }

    var loaded: Set<InstallID> { slots.withLock { Set($0.lazy.filter { $0.value.running != nil }.map(\.key)) } }

    /// What the install runs at the moment; nil when it cannot run.
    func program(for install: ActiveInstall) async -> Program? {
        let version = ProgramVersion(install.document)
        while true {
            switch step(install.id, version, calledAt: clock.now) {
            case .use(let program): return program
            case .load: return await load(install, version)
            case .loadBeside(let program):
                loadBeside(install, version)
                return program
            case .wait:
                await waitUntilSettled(install.id)
                return slots.withLock { $0[install.id]?.running }
            case .comeBack: await waitUntilSettled(install.id)
            }
        }
    }

    /// Sees to it that what is loaded becomes what the install is to run, and waits for nothing.
    func refresh(_ install: ActiveInstall) {
        let version = ProgramVersion(install.document)
        switch step(install.id, version, calledAt: nil) {
        case .use, .wait, .comeBack: break
        case .load, .loadBeside: loadBeside(install, version)
        }
    }

    private func loadBeside(_ install: ActiveInstall, _ version: ProgramVersion) {
        if !line.put(for: nil, { _ = await self.load(install, version) }) { settle(install.id) }
    }

    private func waitUntilSettled(_ install: InstallID) async {
        await withCheckedContinuation { continuation in
            let isOver = slots.withLock { slots in
                guard let slot = slots[install], slot.loading != nil || slot.isLeaving else { return true }
                slots[install]?.waiting.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    /// - Parameter calledAt: nil when it is looked after, and not called.
    private func step(
        _ install: InstallID, _ version: ProgramVersion, calledAt: MonotonicClock.Instant?
    ) -> Step {
        let now = clock.now
        return slots.withLock { slots in
            guard calledAt != nil || slots[install]?.running != nil else { return .use(nil) }
            var slot = slots[install] ?? Slot()
            if slot.isLeaving { return .comeBack }
            slot.calledAt = calledAt ?? slot.calledAt
            defer { slots[install] = slot }
            if slot.running?.version == version { return .use(slot.running) }
            // The one that goes on for now; nil when it is worth waiting for the new one.
            let former = slot.running.flatMap { $0.version.digest == version.digest ? nil : $0 }
            if slot.loading != nil { return former.map { .use($0) } ?? .wait }
            if let failed = slot.failed, failed.version == version, failed.retryAt > now { return .use(slot.running) }
            slot.loading = version
            return former.map { .loadBeside($0) } ?? .load
        }
    }

    private func load(_ install: ActiveInstall, _ version: ProgramVersion) async -> Program? {
        let result = await turnstile.pass { await attempt(install, version) }
        let now = clock.now
        let (waiting, program, isLeaving) = slots.withLock { slots in
            var slot = slots[install.id] ?? Slot()
            defer { slots[install.id] = slot }
            slot.loading = nil
            switch result {
            case .success(let program): (slot.running, slot.failed) = (program, nil)
            case .failure:
                let count = slot.failed.map { $0.version == version ? $0.count + 1 : 1 } ?? 1
                slot.failed = (version, count, now + Self.rest(after: count))
            }
            if slot.isLeaving { return ([CheckedContinuation<Void, Never>](), Program?.none, true) }
            defer { slot.waiting = [] }
            return (slot.waiting, slot.running, false)
        }
        for continuation in waiting { continuation.resume() }
        if case .failure(let reason) = result { judge(install, reason, wasRunning: program != nil) }
        if isLeaving { await seeOff(install.id) }
        return program
    }

    private static func rest(after failures: Int) -> Duration {
        min(.seconds(300), .seconds(1) * (1 << min(failures - 1, 10)))
    }

    private enum Trouble: Error {
        case bundle(BundleTrouble)
        case sandbox(SandboxFailure)
    }

    private func attempt(_ install: ActiveInstall, _ version: ProgramVersion) async -> Result<Program, Trouble> {
        let program: SandboxedProgram
        do {
            program = try version.program(of: install.id, in: try await bundles.bytes(version.digest))
        } catch {
            return .failure(.bundle(error))
        }
        do {
            let triggers = try await runner.load(program).map(\.trigger.id)
            return .success(Program(version: version, triggers: Set(triggers)))
        } catch {
            return .failure(.sandbox(error))
        }
    }

    /// An old program that goes on does not suffer for what the new one is.
    private func judge(_ install: ActiveInstall, _ trouble: Trouble, wasRunning: Bool) {
        let (reason, isOwnFault) =
            switch trouble {
            case .bundle(let trouble): ("\(trouble)", !trouble.isPassing)
            case .sandbox(let failure): ("\(failure)", failure.kind.blame.isFailure)
            }
        logger.warning(
            "an extension is not loaded\(wasRunning ? ": what ran before goes on" : "")",
            metadata: [
                "install": "\(install.id)", "version": "\(install.document.release.version)", "reason": "\(reason)",
            ])
        if isOwnFault, !wasRunning {
            board.failed(install.id, isFatal: true, "it cannot be loaded: \(reason)")
        } else {
            board.abandoned(install.id)
        }
    }

    /// It stands there no more, whatever was thought.
    func lost(_ install: InstallID) {
        slots.withLock { $0[install]?.running = nil }
    }

    /// Lets go of one that is not to run.
    func unload(_ install: InstallID) async {
        let goesNow = slots.withLock { slots in
            guard slots[install]?.isLeaving == false else { return false }
            slots[install]?.isLeaving = true
            // What is just being loaded goes when it stands: until then the sandbox does not know it.
            return slots[install]?.loading == nil
        }
        if goesNow { await seeOff(install) }
    }

    /// Lets go of what nobody has called for a while: the next call loads it again, within milliseconds.
    func sweep() {
        let now = clock.now
        let idle = slots.withLock { slots in
            let idle = slots.filter { _, slot in
                guard slot.running != nil, slot.loading == nil, !slot.isLeaving else { return false }
                return slot.calledAt.map { now - $0 >= idleMax } ?? true
            }.keys
            for install in idle { slots[install]?.isLeaving = true }
            return Array(idle)
        }
        for install in idle where !line.put(for: nil, { await self.seeOff(install) }) { settle(install) }
    }

    private func seeOff(_ install: InstallID) async {
        await runner.unload(install)
        let slot = slots.withLock { $0.removeValue(forKey: install) }
        for continuation in slot?.waiting ?? [] { continuation.resume() }
    }

    /// Too much is under way for what was to be done about it: it stays as it is, until another time.
    private func settle(_ install: InstallID) {
        let waiting = slots.withLock { slots in
            slots[install]?.loading = nil
            slots[install]?.isLeaving = false
            defer { slots[install]?.waiting = [] }
            return slots[install]?.waiting ?? []
        }
        for continuation in waiting { continuation.resume() }
    }
}
