import GRDB

/// The statement that answers one filter: which index leads, and how far one page may look.
///
/// A stream and an account's streams each have an index that leads to few events. So has a type, but they may be many:
/// its index gives them in the order of positions, and several types are merged as they come, so that a page reads no
/// more than it needs. Otherwise the positions themselves are walked. A page that must look into the events' texts
/// examines a bounded window of positions.
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
        let types = try Self.leadingTypes(of: filter, db)
        let last = min(filter.last, head), first = max(filter.first, 1)
        whole = first <= last && types?.isEmpty != true ? first...last : nil
        let bounded = filter.actor != nil || filter.text != nil
        let window = bounded ? Self.window(in: whole, direction) : whole
        self.window = window

        let merged = types.flatMap { $0.isEmpty || $0.count > Self.mergedMax ? nil : $0 } ?? [nil]
        let selects = merged.map { Conditions(filter, window, type: $0) }
        arguments = selects.reduce(StatementArguments()) { $0 + $1.arguments }
        sql = """
            \(selects.map(\.select).joined(separator: "\nUNION ALL\n"))
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

    /// The types whose index leads; nil when something else does.
    private static func leadingTypes(of filter: EventFilter, _ db: Database) throws -> [String?]? {
        guard filter.stream == nil, filter.account == nil else { return nil }
        if let types = filter.types { return Set(types).sorted() }
        return try filter.category.map { try types(of: $0, db) }
    }

    /// By convention a type starts with its category and a dot, so the index of types can be walked from name to name.
    private static func types(of category: String, _ db: Database) throws -> [String] {
        var types: [String] = []
        var previous = category + "."
        let end = category + "/"
        while let next = try String.fetchOne(
            db, sql: "SELECT min(type) FROM events WHERE type > ? AND type < ?", arguments: [previous, end])
        {
            types.append(next)
            previous = next
        }
        return types
    }

    private static func window(in whole: ClosedRange<Int>?, _ direction: ReadDirection) -> ClosedRange<Int>? {
        guard let whole, whole.count > examinedMax else { return whole }
        return direction == .forwards
            ? whole.lowerBound...(whole.lowerBound + examinedMax - 1)
            : (whole.upperBound - examinedMax + 1)...whole.upperBound
    }
}

/// One SELECT: what it asks of an event, and the tables it asks.
///
/// The joins are CROSS JOINs, which SQLite does in the order they are written in; a `+` keeps a column's index out.
private struct Conditions {
    private var source = "events e CROSS JOIN streams s ON s.id = e.stream"
    private var texts: [String] = []
    private(set) var arguments: StatementArguments = []

    var select: String {
        """
        SELECT \(EventRow.columns), \(EventRow.streamColumns) FROM \(source)
        WHERE \(texts.joined(separator: " AND "))
        """
    }

    init(_ filter: EventFilter, _ window: ClosedRange<Int>?, type: String?) {
        if let window {
            require("e.position BETWEEN ? AND ?", [window.lowerBound, window.upperBound])
        } else {
            require("0", [])
        }
        if let account = filter.account {
            source = "streams s CROSS JOIN events e ON e.stream = s.id"
            require("s.account_id = ?", [account])
        }
        if let stream = filter.stream {
            require("e.stream = (SELECT id FROM streams WHERE name = ?)", [stream.description])
        }
        if let type {
            require("e.type = ?", [type])
        } else if let types = filter.types {
            let marks = types.map { _ in "?" }.joined(separator: ", ")
            let column = filter.stream == nil && filter.account == nil ? "e.type" : "+e.type"
            require("\(column) IN (\(marks))", StatementArguments(types))
        }
        if let category = filter.category { require("+s.category = ?", [category]) }
        requireContents(filter)
    }

    private mutating func requireContents(_ filter: EventFilter) {
        if let actor = filter.actor {
            require("CASE WHEN json_valid(e.metadata) THEN e.metadata ->> '$.actor.id' END = ?", [actor])
        }
        if let text = filter.text {
            let pattern = LikePattern.containing(text)
            let columns = ["e.data", "e.metadata", "s.name", "e.type"].map { "\($0) LIKE ? ESCAPE '\\'" }
            require("(\(columns.joined(separator: " OR ")))", [pattern, pattern, pattern, pattern])
        }
    }

    private mutating func require(_ text: String, _ arguments: StatementArguments) {
        texts.append(text)
        self.arguments += arguments
    }
}
