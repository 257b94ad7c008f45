import Dispatch
import Domain
import HTTPTypes
import Synchronization

/// Where backtests are run: one after the other on a thread of its own, so that they take one core at most and hold up
/// nobody who waits for anything else.
final class BacktestDesk: Sendable {
    /// All that run and wait.
    static let countMax = 8
    static let secondsMax = 10.0

    private let queue = DispatchQueue(label: "backtest")
    private let callers = Mutex<Set<String>>([])

    /// - Parameters:
    ///   - caller: has one at a time.
    ///   - body: asks again and again whether it has taken too long already.
    /// - Throws: `APIError` 429 when the caller has one running, 503 when too many wait.
    func run<Value: Sendable>(
        for caller: String, _ body: @escaping @Sendable (_ isOverdue: () -> Bool) throws -> Value
    ) async throws -> Value {
        try begin(caller)
        defer { callers.withLock { _ = $0.remove(caller) } }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async {
                let deadline = DispatchTime.now() + Self.secondsMax
                continuation.resume(with: Result { try body { DispatchTime.now() > deadline } })
            }
        }
    }

    private func begin(_ caller: String) throws(APIError) {
        let (count, isFirst) = callers.withLock { callers in
            let isFirst = callers.count < Self.countMax && callers.insert(caller).inserted
            return (callers.count, isFirst)
        }
        guard !isFirst else { return }
        throw count < Self.countMax
            ? APIError(
                .tooManyRequests, "rate_limited", "a backtest of yours is running: wait for its answer",
                headers: [.retryAfter: "1"])
            : APIError(
                .serviceUnavailable, "overloaded", "\(count) backtests are waiting: come again in a moment",
                headers: [.retryAfter: "5"])
    }
}
