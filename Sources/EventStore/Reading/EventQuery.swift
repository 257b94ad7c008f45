import GRDB

/// The statement that answers one filter: which index leads, and how far one page may look.
///
/// A stream, an account's streams and a type each have an index that leads to few events. Otherwise the positions
/// themselves are walked, and one page examines a bounded window of them.
struct EventQuery {
    private let direction: Journal.Direction
    private let window: ClosedRange<Int>?
    private let whole: ClosedRange<Int>?
    private let source: String
    private let conditions: [String]
    let arguments: StatementArguments

    init(_ filter: EventFilter, direction: Journal.Direction, head: Int, _ db: Database) throws {
        self.direction = direction
        let last = min(filter.last, head), first = max(filter.first, 1)
        whole = first <= last ? first...last : nil
        var filter = filter
        if let category = filter.category, filter.types == nil, filter.stream == nil {
            filter.types = try Self.types(of: category, db)
        }
        let leads = filter.stream != nil || filter.account != nil || filter.types != nil
        let unindexed = filter.actor != nil || filter.text != nil
        window = unindexed || !leads ? Self.window(in: whole, direction, bounded: unindexed) : whole
        (source, conditions, arguments) = Self.build(filter, window ?? 1...1)
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

    private static func window(
        in whole: ClosedRange<Int>?, _ direction: Journal.Direction, bounded: Bool
    ) -> ClosedRange<Int>? {
        guard let whole, bounded, whole.count > Journal.examinedMax else { return whole }
        return direction == .forwards
            ? whole.lowerBound...(whole.lowerBound + Journal.examinedMax - 1)
            : (whole.upperBound - Journal.examinedMax + 1)...whole.upperBound
    }

    private static func build(
        _ filter: EventFilter, _ window: ClosedRange<Int>
    ) -> (String, [String], StatementArguments) {
        var conditions = ["e.position BETWEEN ? AND ?"]
        var arguments: StatementArguments = [window.lowerBound, window.upperBound]
        var source = "events e JOIN streams s ON s.id = e.stream"
        if let stream = filter.stream {
            conditions.append("e.stream = (SELECT id FROM streams WHERE name = ?)")
            arguments += [stream.description]
        }
        if let account = filter.account {
            source = "streams s CROSS JOIN events e ON e.stream = s.id"
            conditions.append("s.account_id = ?")
            arguments += [account]
        }
        if let types = filter.types {
            let column = filter.account == nil && filter.stream == nil ? "e.type" : "+e.type"
            conditions.append("\(column) IN (\(types.map { _ in "?" }.joined(separator: ", ")))")
            arguments += StatementArguments(types)
        }
        if let actor = filter.actor {
            conditions.append("e.metadata ->> '$.actor.id' = ?")
            arguments += [actor]
        }
        if let text = filter.text {
            let pattern = "%" + text.map { "\\%_".contains($0) ? "\\\($0)" : "\($0)" }.joined() + "%"
            conditions.append(
                "(e.data LIKE ? ESCAPE '\\' OR e.metadata LIKE ? ESCAPE '\\' OR s.name LIKE ? ESCAPE '\\' OR e.type LIKE ? ESCAPE '\\')"
            )
            arguments += [pattern, pattern, pattern, pattern]
        }
        return (source, conditions, arguments)
    }

    func sql(limit: Int) -> String {
        let admitted = window == nil ? ["0"] + conditions : conditions
        return """
            SELECT \(EventRow.columns), \(EventRow.streamColumns) FROM \(source)
            WHERE \(admitted.joined(separator: " AND "))
            ORDER BY e.position \(direction == .forwards ? "ASC" : "DESC") LIMIT \(limit)
            """
    }

    func covers(_ position: Int) -> Bool { whole?.contains(position) ?? false }

    /// Where reading goes on after a window that did not fill the page.
    var continuation: Int? {
        guard let whole, let window, window != whole else { return nil }
        return direction == .forwards ? window.upperBound + 1 : window.lowerBound - 1
    }
}
