import Domain
import Foundation
import Synchronization
import Threading

/// Runs the handlers of strangers in child processes, many installs to a child. A child that has to be ended is
/// replaced at once, and nobody but who was at fault notices.
package final class SandboxPool: HandlerRunning {
    package struct Options: Sendable {
        package var launch: ChildLaunch
        /// Each uses one core at most.
        package var children: Int
        package var limits = SandboxLimits()

        package init(
            launch: ChildLaunch, children: Int = max(1, min(4, ProcessInfo.processInfo.activeProcessorCount / 2))
        ) {
            (self.launch, self.children) = (launch, max(1, children))
        }
    }

    let options: Options
    let hosting: any HandlerHosting
    let notice: @Sendable (String) -> Void
    let state: Mutex<PoolState>
    private let watchman: Mutex<Watchman?> = Mutex(nil)
    private let lastNumber = Atomic<UInt64>(0)

    /// - Parameter notice: hears what whoever runs the program should know: what the kernel does not grant, and which
    ///   child had to be replaced for what.
    package init(
        _ options: Options, hosting: any HandlerHosting, notice: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        (self.options, self.hosting, self.notice) = (options, hosting, notice)
        state = Mutex(PoolState(slots: options.children))
    }

    deinit { close() }

    // MARK: HandlerRunning

    package func load(_ program: SandboxedProgram) async throws(SandboxFailure) -> [DeclaredTrigger] {
        try await prepare()
        let placement = state.withLock { $0.place(program, number: nextNumber()) }
        let number = nextNumber()
        let deadline =
            MonotonicClock.nanoseconds + UInt64((options.limits.loadWall + options.limits.hardKillAfter).nanoseconds)
        let answer = await withCheckedContinuation { continuation in
            submit(
                PendingCall(
                    number, placement, isLoad: true, frame: placement.frame(load: number, isRestored: false),
                    deadlineNanoseconds: deadline
                ) { continuation.resume(returning: $0) },
                to: placement.slot)
        }
        switch answer {
        case .end(let end):
            state.withLock { $0.abandon(placement) }
            guard case .failed(let failure) = end.result else {
                throw SandboxFailure(.unavailable, "a child has answered what it was not asked")
            }
            throw failure
        case .triggers(let json): return try settle(placement, json)
        }
    }

    private func settle(_ placement: Placement, _ json: [UInt8]) throws(SandboxFailure) -> [DeclaredTrigger] {
        let triggers: [DeclaredTrigger]
        do {
            triggers = try DeclaredTrigger.decode(json)
        } catch {
            state.withLock { $0.abandon(placement) }
            throw SandboxFailure(.script, "its triggers cannot be read: \(error)")
        }
        let replaced = state.withLock { $0.settle(placement, triggers) }
        if let replaced { send(.retire(install: replaced.number), to: replaced.slot) }
        return triggers
    }

    package func run(_ call: HandlerCall) async -> HandlerEnd {
        guard let (placement, trigger) = state.withLock({ $0.find(call.install, call.triggerID) }) else {
            let sentence = "the extension has no trigger \(call.triggerID), or is not loaded"
            return HandlerEnd(.failed(SandboxFailure(.unloaded, sentence)))
        }
        let number = nextNumber()
        let now = MonotonicClock.nanoseconds
        var frames = FrameWriter()
        call.context.withUnsafeBufferPointer { context in
            let carried = CarriedCall(
                number: number, install: placement.number, trigger: UInt64(trigger),
                nowMilliseconds: UInt64(max(0, call.now.microseconds / 1000)), seed: call.seed,
                untilNanoseconds: now + UInt64(call.wallLimit.nanoseconds), context: context)
            frames.frame { carried.write(to: &$0) }
        }
        let deadline = now + UInt64((call.wallLimit + options.limits.hardKillAfter).nanoseconds)
        let answer = await withCheckedContinuation { continuation in
            submit(
                PendingCall(
                    number, placement, isLoad: false, frame: frames.take(), deadlineNanoseconds: deadline
                ) { continuation.resume(returning: $0) },
                to: placement.slot)
        }
        guard case .end(let end) = answer else {
            return HandlerEnd(.failed(SandboxFailure(.unavailable, "a child has answered what it was not asked")))
        }
        return end
    }

    package func unload(_ install: InstallID) async {
        guard let placement = state.withLock({ $0.remove(install) }) else { return }
        let calls = state.withLock { $0.take(from: placement.slot) { $0.installNumber == placement.number } }
        send(.unload(install: placement.number), to: placement.slot)
        for call in calls { call.fail(SandboxFailure(.unloaded, "the extension was unloaded meanwhile")) }
    }

    // MARK: inside

    func nextNumber() -> UInt64 { lastNumber.add(1, ordering: .relaxed).newValue }

    /// Hands a call to the slot's child, or keeps it until there is one.
    func submit(_ call: PendingCall, to slot: Int) {
        watch()
        while true {
            switch state.withLock({ $0.destination(of: call, slot) }) {
            case .child(let child): if child.submit(call) { return }
            case .parked: return
            case .missing:
                if let failure = spawn(slot) { return call.fail(failure) }
            case .closed: return call.fail(SandboxFailure(.unavailable, "the sandbox was closed"))
            }
        }
    }

    private func send(_ request: SandboxRequest, to slot: Int) {
        state.withLock { $0.slots[slot].child }?.send(request)
    }

    /// From now on somebody looks after deadlines.
    private func watch() {
        let watchman = watchman.withLock { watchman in
            if let watchman { return watchman }
            let made = Watchman("sandbox watch", tickMilliseconds: 10) { [weak self] in self?.look() ?? false }
            watchman = made
            return made
        }
        watchman.call()
    }

    /// Ends every child, and every call under way.
    package func close() {
        watchman.withLock { watchman in
            watchman?.dismiss()
            watchman = nil
        }
        let (children, parked) = state.withLock { $0.close() }
        for call in parked { call.fail(SandboxFailure(.unavailable, "the sandbox was closed")) }
        for child in children { child.kill() }
    }
}
