import Foundation

/// Where appends wait for the one writer: a lock, a condition, and an array that changes hands as a whole.
final class AppendQueue: @unchecked Sendable {
    /// More than this many waiting appends are refused: the journal is not keeping up, and callers should know.
    static let waitingMax = 20_000

    private let condition = NSCondition()
    private var waiting: [PendingAppend] = []
    private var closed = false

    /// Why an append was not taken; nil when it was.
    func enqueue(_ append: PendingAppend) -> JournalError? {
        condition.lock()
        defer { condition.unlock() }
        if closed { return .closed }
        if waiting.count >= Self.waitingMax { return .overloaded(waiting: waiting.count) }
        waiting.append(append)
        if waiting.count == 1 { condition.signal() }
        return nil
    }

    /// Everything that waits; nil once the queue is closed and empty. Blocks the writer's own thread.
    ///
    /// - Parameter last: how many came last time. Between 8 and 64 callers they come back one by one after a commit,
    ///   and a short pause gathers them into one transaction again; fewer gain nothing, more are there already.
    func next(last: Int) -> [PendingAppend]? {
        condition.lock()
        while waiting.isEmpty, !closed { condition.wait() }
        if (8...64).contains(last), waiting.count < last, !closed { linger(for: last) }
        defer { condition.unlock() }
        guard !waiting.isEmpty else { return nil }
        let batch = waiting
        waiting = []
        waiting.reserveCapacity(batch.count)
        return batch
    }

    private func linger(for count: Int) {
        let deadline = DispatchTime.now().uptimeNanoseconds + 60_000
        while waiting.count < count, DispatchTime.now().uptimeNanoseconds < deadline {
            condition.unlock()
            sched_yield()
            condition.lock()
        }
    }

    func close() {
        condition.lock()
        closed = true
        condition.signal()
        condition.unlock()
    }
}
