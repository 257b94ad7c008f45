import Foundation

/// Where appends wait for the one who writes: a lock, a condition, and an array that changes hands as a whole.
///
/// Writing is a turn that one thread has at a time. Usually that is the writer's own thread. An append that comes when
/// nobody writes and nobody waits takes the turn itself: two changes of threads would cost it half as much again as
/// the disk does.
final class AppendQueue: @unchecked Sendable {
    /// More than this many waiting appends are refused: the journal is not keeping up, and callers should know.
    static let waitingMax = 20_000

    private let condition = NSCondition()
    private var waiting: [PendingAppend] = []
    private var isTaken = false
    private var closed = false

    enum Admission {
        /// The caller has the turn: it writes this append at once, and then ends the turn.
        case turn
        case waits
        case refused(JournalError)
    }

    func enqueue(_ append: PendingAppend) -> Admission {
        condition.lock()
        defer { condition.unlock() }
        if closed { return .refused(.closed) }
        if waiting.count >= Self.waitingMax { return .refused(.overloaded(waiting: waiting.count)) }
        if !isTaken, waiting.isEmpty {
            isTaken = true
            return .turn
        }
        waiting.append(append)
        if !isTaken { condition.signal() }
        return .waits
    }

    func endTurn() {
        condition.lock()
        isTaken = false
        if !waiting.isEmpty || closed { condition.signal() }
        condition.unlock()
    }

    /// The next turn of the writer's own thread: everything that waits; nil once the queue is closed and empty.
    ///
    /// Callers who were answered come back with their next append one by one. Up to 64 of them are waited for a moment,
    /// so that they share a transaction again.
    /// - Parameter last: how many appends the turn that ends hereby has answered; nil when the thread had none yet.
    func next(last: Int?) -> [PendingAppend]? {
        condition.lock()
        defer { condition.unlock() }
        if let last {
            let expected = waiting.count + last
            if last > 1, expected <= Self.gatheredMax, !closed { gather(expected) }
            isTaken = false
        }
        while isTaken || waiting.isEmpty && !closed { condition.wait() }
        guard !waiting.isEmpty else { return nil }
        isTaken = true
        let batch = waiting
        waiting = []
        waiting.reserveCapacity(batch.count)
        return batch
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
        condition.broadcast()
        condition.unlock()
    }
}
