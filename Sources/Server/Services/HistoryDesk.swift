import Dispatch
import Domain
import EventStore
import Foundation
import HTTPTypes
import Hummingbird
import Projections
import Synchronization

/// Where the past is read: on few threads of its own that give way to all others, so that looking back holds up nobody
/// who looks at the present.
final class HistoryDesk: Sendable {
    /// All that wait.
    static let waitingMax = 64
    /// Of one caller, waiting or under way.
    static let perCallerMax = 8
    static let secondsMax = 10.0

    private struct Job: Sendable {
        let deadline: DispatchTime
        let run: @Sendable (_ isRefused: Bool) -> Void
    }

    private struct State {
        var waiting: [Job] = []
        var callers: [String: Int] = [:]
        var isOpen = true
    }

    let history: History
    private let state = Mutex(State())
    private let work = DispatchSemaphore(value: 0)
    private let threads: Int

    init(_ history: History, threads: Int = max(1, min(4, ProcessInfo.processInfo.activeProcessorCount / 2))) {
        (self.history, self.threads) = (history, threads)
        for number in 0..<threads {
            let thread = Thread { [self] in serve() }
            thread.name = "history \(number)"
            thread.start()
        }
    }

    /// Ends the threads; whoever waits is refused.
    func close() {
        let waiting = state.withLock { state in
            defer { (state.waiting, state.isOpen) = ([], false) }
            return state.waiting
        }
        for job in waiting { job.run(true) }
        for _ in 0..<threads { work.signal() }
    }

    /// - Throws: `APIError` 429 when the caller has too many under way, 503 when all have.
    func run<Value: Sendable>(
        for caller: Caller, _ body: @escaping @Sendable (History) throws -> Value
    ) async throws -> Value {
        let caller = "\(caller.actor.kind):\(caller.actor.id)"
        try begin(caller)
        defer { end(caller) }
        return try await withCheckedThrowingContinuation { continuation in
            let history = history
            let job = Job(deadline: .now() + Self.secondsMax) { isRefused in
                continuation.resume(
                    with: Result { if isRefused { throw Self.overloaded } else { try body(history) } })
            }
            let isTaken = state.withLock { state in
                guard state.isOpen, state.waiting.count < Self.waitingMax else { return false }
                state.waiting.append(job)
                return true
            }
            if isTaken { work.signal() } else { job.run(true) }
        }
    }

    private static let overloaded = APIError(
        .serviceUnavailable, "overloaded", "too many look back at once: come again in a moment",
        headers: [.retryAfter: "2"])

    private func begin(_ caller: String) throws(APIError) {
        let isFree = state.withLock { state in
            guard state.callers[caller, default: 0] < Self.perCallerMax else { return false }
            state.callers[caller, default: 0] += 1
            return true
        }
        guard !isFree else { return }
        throw APIError(
            .tooManyRequests, "rate_limited", "\(Self.perCallerMax) looks back of yours are under way: wait for one",
            headers: [.retryAfter: "1"])
    }

    private func end(_ caller: String) {
        state.withLock { state in
            let count = state.callers[caller, default: 1] - 1
            state.callers[caller] = count > 0 ? count : nil
        }
    }

    /// Lets every other thread go before this one. On Linux each has a priority of its own.
    static func giveWay() {
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
    }

    private func serve() {
        Self.giveWay()
        while true {
            work.wait()
            let (job, isOpen) = state.withLock { state in
                (state.waiting.isEmpty ? nil : state.waiting.removeFirst(), state.isOpen)
            }
            if let job { job.run(DispatchTime.now() > job.deadline) } else if !isOpen { return }
        }
    }
}
