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
        let (problem, isFirst) = condition.withLock { () -> (JournalError?, Bool) in
            if closed { return (.closed, false) }
            if waiting.count >= Self.waitingMax { return (.overloaded(waiting: waiting.count), false) }
            waiting.append(append)
            return (nil, waiting.count == 1)
        }
        // Signalled while the lock is held, the writer would wake only to wait for it.
        if isFirst { condition.signal() }
        return problem
    }

    /// Everything that waits; empty when nothing has come for so long; nil once the queue is closed and empty. Blocks
    /// the writer's own thread.
    ///
    /// Callers who were answered come back with their next append one by one. Up to 64 of them are waited for a moment,
    /// so that they share a transaction again, and the writer does not fall asleep just before they come.
    /// - Parameters:
    ///   - last: how many appends were answered a moment ago.
    ///   - idleSeconds: nil to wait for as long as it takes.
    func next(last: Int, idleSeconds: Double?) -> [PendingAppend]? {
        condition.lock()
        defer { condition.unlock() }
        let expected = waiting.count + last
        if last > 0, expected <= Self.gatheredMax, !closed { gather(expected) }
        let isIdle = !wait(seconds: idleSeconds)
        guard !waiting.isEmpty else { return isIdle ? [] : nil }
        let batch = waiting
        waiting = []
        waiting.reserveCapacity(batch.count)
        return batch
    }

    /// False when the time is up.
    private func wait(seconds: Double?) -> Bool {
        guard let seconds else {
            while waiting.isEmpty, !closed { condition.wait() }
            return true
        }
        let deadline = Date(timeIntervalSinceNow: seconds)
        while waiting.isEmpty, !closed {
            if !condition.wait(until: deadline) { return false }
        }
        return true
    }

    private static let gatheredMax = 64
    private static let gatheringNanosecondsMax: UInt64 = 150_000
    /// Nobody has come for so long: those who were answered are doing something else.
    private static let silenceNanosecondsMax: UInt64 = 50_000

    private func gather(_ expected: Int) {
        let start = DispatchTime.now().uptimeNanoseconds
        var lastArrival = start, count = waiting.count
        while waiting.count < expected, !closed {
            condition.unlock()
            sched_yield()
            condition.lock()
            let now = DispatchTime.now().uptimeNanoseconds
            if waiting.count > count { (lastArrival, count) = (now, waiting.count) }
            if now - start > Self.gatheringNanosecondsMax || now - lastArrival > Self.silenceNanosecondsMax { return }
        }
    }

    func close() {
        condition.lock()
        closed = true
        condition.signal()
        condition.unlock()
    }
}
