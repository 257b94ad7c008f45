import Foundation

/// Hands things to one thread that takes them all at once; the thread sleeps while there are none.
package final class Mailbox<Element: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var waiting: [Element] = []
    private var closed = false

    package init() {}

    /// False when the mailbox is closed and the element was not taken.
    @discardableResult
    package func put(_ element: Element) -> Bool {
        condition.lock()
        let isTaken = !closed
        if isTaken { waiting.append(element) }
        condition.unlock()
        // Signalled while the lock is held, the thread would wake only to wait for it.
        if isTaken { condition.signal() }
        return isTaken
    }

    /// Everything that waits, in order; empty when the time is up; nil once it is closed and empty.
    package func take(timeoutSeconds: Double? = nil) -> [Element]? {
        condition.lock()
        defer { condition.unlock() }
        let deadline = timeoutSeconds.map { Date(timeIntervalSinceNow: $0) }
        while waiting.isEmpty, !closed {
            guard let deadline else {
                condition.wait()
                continue
            }
            if !condition.wait(until: deadline) { return [] }
        }
        guard !waiting.isEmpty else { return nil }
        defer { waiting = [] }
        return waiting
    }

    /// What was put before is still taken.
    package func close() {
        condition.lock()
        closed = true
        condition.broadcast()
        condition.unlock()
    }
}
