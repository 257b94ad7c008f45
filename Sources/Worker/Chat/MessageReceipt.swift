import Synchronization

/// Knows when everything that follows from one message is over, so that whoever delivered it can be told.
///
/// While it is not told, a queue takes the message for unfinished and gives it to another worker one day.
package final class MessageReceipt: Sendable {
    private let open = Atomic<Int>(1)
    private let settled: @Sendable () -> Void
    /// True for a message that was delivered before, to a worker that did not finish it: what it may have said in chat
    /// is not said again.
    package let isRepeated: Bool

    package init(isRepeated: Bool = false, settled: @escaping @Sendable () -> Void) {
        (self.isRepeated, self.settled) = (isRepeated, settled)
    }

    /// One more thing follows from it.
    func hold() {
        open.add(1, ordering: .relaxed)
    }

    /// One thing less; the first is the judging of the message itself.
    func settle() {
        if open.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { settled() }
    }
}
