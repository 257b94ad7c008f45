import Domain
import Foundation
import Synchronization

extension SandboxPool {
    /// Makes the snapshot and starts the first child, unless that has been done. The first `load` does it as well.
    /// - Throws: when no child can work here, with the reason.
    @discardableResult
    package func start() async throws(SandboxFailure) -> SandboxConfinement {
        try await prepare()
        if state.withLock({ $0.slots[0].child == nil && !$0.slots[0].isStarting }), let failure = spawn(0) {
            throw failure
        }
        // It says so within milliseconds, or ends.
        for _ in 0..<1000 {
            let (confinement, failure) = state.withLock { ($0.confinement, $0.slots[0].lastFailure) }
            if let confinement { return confinement }
            if let failure { throw failure }
            try? await Task.sleep(for: .milliseconds(5))
        }
        throw SandboxFailure(.unavailable, "the sandbox's process does not answer")
    }

    /// Of the children that live now.
    package var processIDs: [pid_t] { state.withLock { $0.slots.compactMap { $0.child?.processID } } }

    /// The snapshot takes some ten milliseconds, which no thread of Swift's pool is to wait for.
    func prepare() async throws(SandboxFailure) {
        guard state.withLock({ $0.snapshot == nil && !$0.isClosed }) else { return }
        let result = await withCheckedContinuation { continuation in
            let thread = Thread { [self] in continuation.resume(returning: Result { try options.launch.makeSnapshot() })
            }
            thread.start()
        }
        switch result {
        case .failure(let error): throw SandboxFailure(.unavailable, "\(error)")
        case .success(let descriptor):
            // Somebody else may have been first.
            let isNeeded = state.withLock { state in
                guard state.snapshot == nil, !state.isClosed else { return false }
                state.snapshot = descriptor
                return true
            }
            if !isNeeded { Foundation.close(descriptor) }
        }
    }

    /// Starts the slot's child, unless somebody else does.
    /// - Returns: why there is none now.
    func spawn(_ slot: Int) -> SandboxFailure? {
        let (snapshot, failure) = state.withLock { state -> (Int32?, SandboxFailure?) in
            let entry = state.slots[slot]
            guard !state.isClosed, let snapshot = state.snapshot else {
                return (nil, SandboxFailure(.unavailable, "the sandbox was closed"))
            }
            guard entry.child == nil, !entry.isStarting else { return (nil, nil) }
            if MonotonicClock.nanoseconds < entry.notBeforeNanoseconds {
                return (nil, entry.lastFailure ?? SandboxFailure(.unavailable, "the sandbox rests after failures"))
            }
            state.slots[slot].isStarting = true
            return (snapshot, nil)
        }
        guard let snapshot else { return failure }
        do {
            let child = try ChildProcess(
                slot: slot, options.launch, snapshot: snapshot, limits: options.limits, events: PoolEvents(self))
            restore(slot, to: child)
            return nil
        } catch {
            let failure = SandboxFailure(.unavailable, "\(error)")
            for call in state.withLock({ $0.failStart(of: slot, failure) }) { call.fail(failure) }
            return failure
        }
    }

    /// Gives a new child what the slot holds, then what waits.
    private func restore(_ slot: Int, to child: ChildProcess) {
        let frames = state.withLock { state in
            state.installs.values.filter { $0.slot == slot }.flatMap { $0.frame(load: 0, isRestored: true) }
        }
        child.send(frames)
        let (parked, isClosed) = state.withLock { state in
            defer { state.slots[slot].parked = [] }
            state.slots[slot].child = child
            state.slots[slot].isStarting = false
            return (state.slots[slot].parked, state.isClosed)
        }
        if isClosed { child.kill() }
        for call in parked { submit(call, to: slot) }
    }

    /// One round of the watch.
    /// - Returns: whether anything is under way.
    func look() -> Bool {
        let slots = state.withLock { $0.slots }
        let now = MonotonicClock.nanoseconds
        let segmentMax = UInt64((options.limits.loadCPU + options.limits.hardKillAfter).nanoseconds)
        var isBusy = false
        for (index, slot) in slots.enumerated() {
            let running = slot.child?.running ?? (call: 0, beganNanoseconds: 0)
            if running.call != 0, now > running.beganNanoseconds, now - running.beganNanoseconds > segmentMax {
                slot.child?.kill(isOverdue: true)
            }
            let late = state.withLock { $0.take(from: index) { $0.deadlineNanoseconds < now } }
            for call in late { call.fail(SandboxFailure(late: call.number == running.call)) }
            isBusy = isBusy || slot.isStarting || slot.child?.isIdle == false
        }
        return isBusy
    }
}

extension PoolState {
    /// - Returns: the calls that have waited for it.
    mutating func failStart(of slot: Int, _ failure: SandboxFailure) -> [PendingCall] {
        let exponent = min(slots[slot].failuresInRow, 6)
        slots[slot].child = nil
        slots[slot].isStarting = false
        slots[slot].failuresInRow += 1
        slots[slot].lastFailure = failure
        slots[slot].notBeforeNanoseconds = MonotonicClock.nanoseconds + 50_000_000 << UInt64(exponent)
        defer { slots[slot].parked = [] }
        return slots[slot].parked
    }
}

extension SandboxFailure {
    fileprivate init(late runs: Bool) {
        self =
            runs
            ? SandboxFailure(.timeout, "it took longer than it may, and did not stop")
            : SandboxFailure(.unavailable, "the sandbox was too busy to end it in time")
    }
}
