/// Every event after a position, first those that there are, then those to come, in order and without a gap.
///
/// It asks the journal for what follows its own position, and waits for the doorbell only when there is nothing:
/// what is committed in between is found by the next question, so nothing can be skipped.
package struct Subscription: AsyncSequence, Sendable {
    package typealias Element = [RecordedEvent]
    package static let batchMax = 500

    let journal: Journal
    let position: Int

    package func makeAsyncIterator() -> Iterator { Iterator(journal: journal, position: position) }

    package struct Iterator: AsyncIteratorProtocol {
        let journal: Journal
        var position: Int

        /// The next events; nil when the journal is closed or the task is cancelled.
        package mutating func next() async throws -> [RecordedEvent]? {
            while await journal.doorbell.wait(for: position + 1) {
                if Task.isCancelled { return nil }
                guard let events = try following() else { return nil }
                if let last = events.last {
                    position = last.position
                    return events
                }
            }
            return nil
        }

        /// nil when the journal was closed in the meantime.
        private func following() throws -> [RecordedEvent]? {
            do {
                return try journal.readAll(EventFilter(first: position + 1), limit: Subscription.batchMax).events
            } catch JournalError.closed {
                return nil
            }
        }
    }
}

extension Journal {
    /// - Parameter position: the last one that the subscriber has; 0 for everything.
    package func subscribe(after position: Int) -> Subscription {
        Subscription(journal: self, position: position)
    }
}
