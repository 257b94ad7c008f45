import GRDB

/// Which events of the whole journal are wanted: those that every member admits. Members that are nil admit everything.
package struct EventFilter: Equatable, Sendable {
    package var stream: StreamID?
    /// The stream's category; the types of its events start with it and a dot.
    package var category: String?
    package var types: [String]?
    package var account: String?
    /// The id of `metadata.actor`.
    package var actor: String?
    /// Anywhere in type, stream, data or metadata; ASCII letters of either case.
    package var text: String?
    /// Positions, both included.
    package var first: Int, last: Int

    package init(
        stream: StreamID? = nil, category: String? = nil, types: [String]? = nil, account: String? = nil,
        actor: String? = nil, text: String? = nil, first: Int = 1, last: Int = .max
    ) {
        (self.stream, self.category, self.types, self.account) = (stream, category, types, account)
        (self.actor, self.text, self.first, self.last) = (actor, text, first, last)
    }
}

/// A part of what a filter admits.
package struct EventPage: Sendable {
    package let events: [RecordedEvent]
    /// Where the next page starts, in the direction of reading; nil when nothing is left.
    package let next: Int?
}

extension JournalReading {
    /// The events that a filter admits, at most `limit` of them.
    package func readAll(
        _ filter: EventFilter, direction: ReadDirection = .forwards, limit: Int
    ) throws -> EventPage {
        // Asked before reading: for a reader in another process it is a read of its own, and reads do not nest.
        let head = head
        return try read { db in
            let plan = try EventQuery(filter, direction: direction, head: head, db)
            let events = try db.rows(plan.sql, plan.arguments(limit: limit)) { $0.event(openedBy: sealing) }
            if events.count == limit, let last = events.last {
                let next = direction == .forwards ? last.position + 1 : last.position - 1
                return EventPage(events: events, next: plan.covers(next) ? next : nil)
            }
            return EventPage(events: events, next: plan.continuation)
        }
    }

    /// Every event that a filter admits, page by page, oldest first.
    package func forEachPage(_ filter: EventFilter, _ visit: ([RecordedEvent]) throws -> Void) throws {
        var rest = filter
        while true {
            let page = try readAll(rest, limit: 500)
            try visit(page.events)
            guard let next = page.next else { return }
            rest.first = next
        }
    }
}
