import Domain
import Foundation
import Synchronization

/// What happens when children speak, or end. It does not keep the pool alive.
final class PoolEvents: ChildEvents {
    // Set once.
    private weak let pool: SandboxPool?
    private let hosting: any HandlerHosting

    init(_ pool: SandboxPool) {
        (self.pool, hosting) = (pool, pool.hosting)
    }

    func said(_ reply: SandboxReply, by child: ChildProcess) {
        switch reply {
        case .ended(let number, let end):
            child.take(number)?.answer(.end(end.checked(pool?.options.limits ?? SandboxLimits())))
        case .loaded(let number, let triggers): child.take(number)?.answer(.triggers(Array(triggers)))
        case .ask(let ask, let number, let function, let arguments):
            guard let pool, let call = child.callThatAsks(number, function, pool.options.limits) else {
                return child.send(.answer(ask: ask, .refused("this call may not ask for that")))
            }
            answer(ask, function, Array(arguments), for: call, of: child)
        case .ready(let grants): ready(SandboxConfinement(grants: grants), child)
        case .broken(let sentence): pool?.notice("the sandbox's process cannot work: \(sentence)")
        }
    }

    /// The host may take seconds; the child's reader goes on meanwhile.
    private func answer(
        _ ask: UInt64, _ function: HostFunction, _ arguments: [UInt8], for call: PendingCall, of child: ChildProcess
    ) {
        let (hosting, install) = (hosting, call.install)
        Task {
            let answer = await hosting.call(function, arguments, for: install)
            child.answered(call)
            child.send(.answer(ask: ask, answer))
        }
    }

    private func ready(_ confinement: SandboxConfinement, _ child: ChildProcess) {
        guard let pool else { return }
        let isNew = pool.state.withLock { state in
            state.slots[child.slot].failuresInRow = 0
            state.slots[child.slot].lastFailure = nil
            defer { state.confinement = confinement }
            return state.confinement != confinement
        }
        if isNew { pool.notice("\(confinement)") }
    }

    func ended(_ child: ChildProcess, _ end: ChildProcess.End) {
        guard let pool, !pool.state.withLock({ $0.isClosed }) else {
            for call in end.calls { call.fail(SandboxFailure(.unavailable, "the sandbox was closed")) }
            return
        }
        if end.status == SandboxExit.broken.rawValue { return failStart(child, end, pool) }
        pool.notice("the sandbox's process \(child.processID) \(end.reason); it is replaced")
        var again: [PendingCall] = []
        for call in end.calls {
            if let failure = end.verdict(on: call) { call.fail(failure) } else { again.append(call) }
        }
        pool.state.withLock { state in
            guard state.slots[child.slot].child === child else { return }
            state.slots[child.slot].child = nil
        }
        if let failure = pool.spawn(child.slot) {
            for call in again { call.fail(failure) }
        } else {
            for call in again { pool.submit(call, to: child.slot) }
        }
    }

    private func failStart(_ child: ChildProcess, _ end: ChildProcess.End, _ pool: SandboxPool) {
        let failure = SandboxFailure(.unavailable, "the sandbox's process cannot work; the log says why")
        let parked = pool.state.withLock { $0.failStart(of: child.slot, failure) }
        for call in end.calls + parked { call.fail(failure) }
    }
}

extension ChildProcess.End {
    /// Whether what ran is to blame. A signal from outside, such as that of a kernel without memory, is nobody's fault.
    private var blamesWhatRan: Bool {
        if wasOverdue { return true }
        switch SandboxExit(rawValue: status) {
        case .stuck, .memory, .engine: return true
        case .done, .broken: return false
        case nil: return [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS].contains(-status)
        }
    }

    var reason: String {
        if wasOverdue { return "ran one call for too long" }
        switch SandboxExit(rawValue: status) {
        case .stuck: return "ran JavaScript that could not be stopped"
        case .memory: return "had no memory left"
        case .engine: return "was given up by V8"
        case .done, .broken: return "ended"
        case nil: return status < 0 ? "was ended by signal \(-status)" : "ended with status \(status)"
        }
    }

    /// - Returns: nil when it is worth another try in another child.
    func verdict(on call: PendingCall) -> SandboxFailure? {
        if call.number == running {
            call.deaths += 1
            if blamesWhatRan || call.deaths > 1 || !call.isRepeatable {
                return SandboxFailure(.killed, "its process \(reason)")
            }
        }
        guard call.isRepeatable else {
            return SandboxFailure(.unavailable, "its process ended for another reason while it waited for the host")
        }
        return nil
    }
}

extension HandlerEnd {
    /// The child keeps the limits; what is above them was made by somebody else.
    fileprivate func checked(_ limits: SandboxLimits) -> HandlerEnd {
        var end = self
        if case .returned(let json) = result {
            if json.count > limits.resultBytes {
                end.result = .failed(SandboxFailure(.result, "it returned more than \(limits.resultBytes) bytes"))
            } else if json.elementsEqual("null".utf8) {
                end.result = .returned([])
            }
        }
        if log.reduce(0, { $0 + $1.utf8.count }) > limits.logBytes { end.log = [] }
        return end
    }
}
