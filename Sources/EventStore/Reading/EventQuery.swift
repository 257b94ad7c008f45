import GRDB

/// The statement that answers one filter: what leads to the events, and how far one page may look.
///
/// A stream and an account's streams each have an index that leads to few events. So has a type, but they may be many:
/// its index gives them in the order of positions, and several types are merged as they come, so that a page reads no
/// more than it needs. What an index does not hold yet, the tail, is merged with what it gives. Otherwise the positions
/// themselves are walked. A page that must look into the events' texts examines a bounded window of positions.
struct EventQuery {
    /// Filters that no index serves look at this many events a page at most; the page's `next` goes on from there.
    static let examinedMax = 50_000

    /// More types than this, which no page of a person asks for, are not merged but sorted.
    private static let mergedMax = 64

    let sql: String
    private let arguments: StatementArguments
    private let direction: ReadDirection
    private let window: ClosedRange<Int>?
    private let whole: ClosedRange<Int>?

    init(_ filter: EventFilter, direction: ReadDirection, head: Int, _ db: Database) throws {
        self.direction = direction
        let sources = try Self.sources(for: filter, db)
        let last = min(filter.last, head), first = max(filter.first, 1)
        whole = first <= last && !sources.isEmpty ? first...last : nil
        let bounded = filter.actor != nil || filter.text != nil
        let window = bounded ? Self.window(in: whole, direction) : whole
        self.window = window

        let selects = (sources.isEmpty ? [.positions] : sources).map { EventSelect(filter, window, $0) }
        arguments = selects.reduce(StatementArguments()) { $0 + $1.arguments }
        sql = """
            \(selects.map(\.sql).joined(separator: "\nUNION ALL\n"))
            ORDER BY 1 \(direction == .forwards ? "ASC" : "DESC") LIMIT ?
            """
    }

    func arguments(limit: Int) -> StatementArguments { arguments + [limit] }

    func covers(_ position: Int) -> Bool { whole?.contains(position) ?? false }

    /// Where reading goes on after a window that did not fill the page.
    var continuation: Int? {
        guard let whole, let window, window != whole else { return nil }
        return direction == .forwards ? window.upperBound + 1 : window.lowerBound - 1
    }

    /// Empty when no event can be meant.
    private static func sources(for filter: EventFilter, _ db: Database) throws -> [EventSource] {
        if filter.stream != nil { return [.stream, .tail(filter.types)] }
        if filter.account != nil { return [.account, .tail(filter.types)] }
        let wanted = try filter.types.map { Set($0).sorted() } ?? filter.category.map { try types(of: $0, db) }
        guard let types = wanted else { return [.positions] }
        if types.isEmpty { return [] }
        return (types.count > mergedMax ? [.types(types)] : types.map { .types([$0]) }) + [.tail(types)]
    }

    /// By convention a type starts with its category and a dot, so the index of types can be walked from name to name.
    private static func types(of category: String, _ db: Database) throws -> [String] {
        try String.fetchAll(
            db,
            sql: """
                WITH RECURSIVE names (type) AS (
                  SELECT min(type) FROM type_events WHERE type > :first AND type < :end
                  UNION ALL
                  SELECT (SELECT min(type) FROM type_events WHERE type > names.type AND type < :end)
                  FROM names WHERE names.type IS NOT NULL
                )
                SELECT type FROM names WHERE type IS NOT NULL
                UNION
                SELECT type FROM events WHERE position > \(Schema.indexedPosition) AND type > :first AND type < :end
                """,
            arguments: ["first": category + ".", "end": category + "/"])
    }

    private static func window(in whole: ClosedRange<Int>?, _ direction: ReadDirection) -> ClosedRange<Int>? {
        guard let whole, whole.count > examinedMax else { return whole }
        return direction == .forwards
            ? whole.lowerBound...(whole.lowerBound + examinedMax - 1)
            : (whole.upperBound - examinedMax + 1)...whole.upperBound
    }
}
