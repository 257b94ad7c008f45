import GRDB

/// Which events of the whole journal are wanted. Members that are nil admit everything.
package struct EventFilter: Equatable, Sendable {
    package var stream: StreamID?
    package var category: String?
    package var types: [String]?
    package var account: String?
    /// The id of `metadata.actor`.
    package var actor: String?
    /// Anywhere in type, stream, data or metadata; letters of either case.
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

extension Journal {
    /// Filters that no index serves look at this many events a page at most; the page's `next` goes on from there.
    package static let examinedMax = 50_000

    /// The events that a filter admits, at most `limit` of them.
    package func readAll(
        _ filter: EventFilter, direction: Direction = .forwards, limit: Int
    ) throws -> EventPage {
        try readers.unsafeRead { db in
            let plan = try EventQuery(filter, direction: direction, head: self.head, db)
            let events = try db.rows(plan.sql(limit: limit), plan.arguments) { $0.event() }
            if events.count == limit, let last = events.last {
                let next = direction == .forwards ? last.position + 1 : last.position - 1
                return EventPage(events: events, next: plan.covers(next) ? next : nil)
            }
            return EventPage(events: events, next: plan.continuation)
        }
    }
}
