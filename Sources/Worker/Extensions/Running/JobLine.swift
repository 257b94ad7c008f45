import Domain
import ServiceLifecycle
import Synchronization

/// Work that waits for something, each account's beside the others': one that takes long delays nobody else.
final class JobLine: Service {
    /// An account that wants more at once is busy: the rest is left out.
    static let perAccountMax = 64
    static let countMax = 4_096

    private struct Job: Sendable {
        let account: AccountID?
        let body: @Sendable () async -> Void
    }

    private struct State {
        var perAccount: [AccountID: Int] = [:]
        var count = 0
    }

    private let state = Mutex(State())
    private let jobs: AsyncStream<Job>
    private let sink: AsyncStream<Job>.Continuation

    init() {
        (jobs, sink) = AsyncStream<Job>.makeStream()
    }

    var count: Int { state.withLock { $0.count } }

    /// - Parameter account: whose it is; nil for the worker's own.
    /// - Returns: false when there is too much of it already: it is not done.
    @discardableResult
    func put(for account: AccountID?, _ body: @escaping @Sendable () async -> Void) -> Bool {
        let isTaken = state.withLock { state in
            let own = account.map { state.perAccount[$0, default: 0] } ?? 0
            guard own < Self.perAccountMax, state.count < Self.countMax else { return false }
            if let account { state.perAccount[account] = own + 1 }
            state.count += 1
            return true
        }
        if isTaken { sink.yield(Job(account: account, body: body)) }
        return isTaken
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await job in self.jobs {
                    group.addTask {
                        await job.body()
                        self.isDone(job)
                    }
                }
            }
        }
    }

    private func isDone(_ job: Job) {
        state.withLock { state in
            state.count -= 1
            guard let account = job.account else { return }
            let rest = state.perAccount[account, default: 1] - 1
            state.perAccount[account] = rest > 0 ? rest : nil
        }
    }
}
