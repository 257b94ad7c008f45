import Domain
import Logging
import Sandbox
import Synchronization

/// The programs that stand in the sandbox. One is loaded when it is first needed, and again when its install changes;
/// until the new one stands, the old one goes on.
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
        var waiting: [CheckedContinuation<Program?, Never>] = []
        var failed: (version: ProgramVersion, count: Int, retryAt: MonotonicClock.Instant)?
    }

    private enum Step {
        case use(Program?)
        case wait
        case load
        case loadBeside(Program)
    }

    private let runner: any HandlerRunning
    private let bundles: BundleStore
    private let board: BreakerBoard
    private let line: JobLine
    private let clock: MonotonicClock
    private let logger: Logger
    private let turnstile = Turnstile(loadsMax)
    private let slots = Mutex<[InstallID: Slot]>([:])

    init(
        _ runner: any HandlerRunning, bundles: BundleStore, board: BreakerBoard, line: JobLine, clock: MonotonicClock,
        logger: Logger
    ) {
        (self.runner, self.bundles, self.board, self.line) = (runner, bundles, board, line)
        (self.clock, self.logger) = (clock, logger)
    }

    var loaded: Set<InstallID> { slots.withLock { Set($0.lazy.filter { $0.value.running != nil }.map(\.key)) } }

    /// What the install runs at the moment; nil when it cannot run.
    func program(for install: ActiveInstall) async -> Program? {
        let version = ProgramVersion(install.document)
        switch step(install.id, version) {
        case .use(let program): return program
        case .load: return await load(install, version)
        case .loadBeside(let program):
            line.put(for: nil) { _ = await self.load(install, version) }
            return program
        case .wait:
            return await withCheckedContinuation { continuation in
                let isOver = slots.withLock { slots in
                    guard slots[install.id]?.loading != nil else { return true }
                    slots[install.id]?.waiting.append(continuation)
                    return false
                }
                if isOver { continuation.resume(returning: slots.withLock { $0[install.id]?.running }) }
            }
        }
    }

    private func step(_ install: InstallID, _ version: ProgramVersion) -> Step {
        let now = clock.now
        return slots.withLock { slots in
            var slot = slots[install] ?? Slot()
            if slot.running?.version == version { return .use(slot.running) }
            if slot.loading != nil { return slot.running.map { .use($0) } ?? .wait }
            if let failed = slot.failed, failed.version == version, failed.retryAt > now { return .use(slot.running) }
            slot.loading = version
            slots[install] = slot
            return slot.running.map { .loadBeside($0) } ?? .load
        }
    }

    private func load(_ install: ActiveInstall, _ version: ProgramVersion) async -> Program? {
        let result = await turnstile.pass { await attempt(install, version) }
        let now = clock.now
        let (waiting, program) = slots.withLock { slots -> ([CheckedContinuation<Program?, Never>], Program?) in
            // Forgotten meanwhile: what was loaded is let go of below.
            guard var slot = slots[install.id] else { return ([], nil) }
            defer { slots[install.id] = slot }
            slot.loading = nil
            switch result {
            case .success(let program): (slot.running, slot.failed) = (program, nil)
            case .failure:
                let count = slot.failed.map { $0.version == version ? $0.count + 1 : 1 } ?? 1
                slot.failed = (version, count, now + Self.rest(after: count))
            }
            defer { slot.waiting = [] }
            return (slot.waiting, slot.running)
        }
        for continuation in waiting { continuation.resume(returning: program) }
        switch result {
        case .success: if program == nil { await runner.unload(install.id) }
        case .failure(let reason): judge(install, reason, wasRunning: program != nil)
        }
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
        let slot = slots.withLock { $0.removeValue(forKey: install) }
        for continuation in slot?.waiting ?? [] { continuation.resume(returning: nil) }
        if slot != nil { await runner.unload(install) }
    }
}
