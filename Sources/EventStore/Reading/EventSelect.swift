import GRDB

/// What leads one SELECT to its events.
enum EventSource {
    /// The positions themselves.
    case positions
    /// The index of streams, for the filter's stream or for those of its account.
    case stream, account
    /// The index of types; of one type, in the order of positions.
    case types([String])
    /// The positions after those that the indexes hold; nil for any type.
    case tail([String]?)
}

/// One SELECT: what it asks of an event, and the tables it asks.
///
/// The joins are CROSS JOINs, which SQLite does in the order they are written in; a `+` keeps a column's index out.
struct EventSelect {
    private let from: String
    private let position: String
    private var conditions: [String] = []
    private(set) var arguments: StatementArguments = []

    var sql: String {
        """
        SELECT \(EventRow.columns(position: position)), \(EventRow.streamColumns) FROM \(from)
        WHERE \(conditions.joined(separator: " AND "))
        """
    }

    init(_ filter: EventFilter, _ window: ClosedRange<Int>?, _ source: EventSource) {
        let event = "events e ON e.position = i.position", stream = "streams s ON s.id = e.stream"
        switch source {
        case .positions, .tail: (from, position) = ("events e CROSS JOIN \(stream)", "e.position")
        case .stream: (from, position) = ("stream_events i CROSS JOIN \(event) CROSS JOIN \(stream)", "i.position")
        case .account:
            from = "streams s CROSS JOIN stream_events i ON i.stream = s.id CROSS JOIN \(event)"
            position = "i.position"
        case .types: (from, position) = ("type_events i CROSS JOIN \(event) CROSS JOIN \(stream)", "i.position")
        }
        require(window, source)
        require(filter, source)
        requireContents(filter)
    }

    /// An index and the tail share no position, even when an index holds more than it should.
    private mutating func require(_ window: ClosedRange<Int>?, _ source: EventSource) {
        guard let window else { return require("0", []) }
        let bounds: StatementArguments = [window.lowerBound, window.upperBound]
        switch source {
        case .positions: require("e.position BETWEEN ? AND ?", bounds)
        case .tail: require("e.position BETWEEN max(?, \(Schema.indexedPosition) + 1) AND ?", bounds)
        default: require("i.position BETWEEN ? AND min(?, \(Schema.indexedPosition))", bounds)
        }
    }

    private mutating func require(_ filter: EventFilter, _ source: EventSource) {
        if let stream = filter.stream {
            let column = if case .stream = source { "i.stream" } else { "e.stream" }
            require("\(column) = (SELECT id FROM streams WHERE name = ?)", [stream.description])
        }
        if let account = filter.account {
            let column = if case .account = source { "s.account_id" } else { "+s.account_id" }
            require("\(column) = ?", [account])
        }
        switch source {
        case .types(let types): require(types, of: "i.type")
        case .tail(let types?): require(types, of: "e.type")
        case .stream, .account: if let types = filter.types { require(types, of: "e.type") }
        case .positions, .tail(nil): break
        }
        if let category = filter.category { require("+s.category = ?", [category]) }
    }

    /// SQLite takes a list for unordered, also that of one.
    private mutating func require(_ types: [String], of column: String) {
        if types.count == 1 { return require("\(column) = ?", StatementArguments(types)) }
        let marks = types.map { _ in "?" }.joined(separator: ", ")
        require("\(column) IN (\(marks))", StatementArguments(types))
    }

    private mutating func requireContents(_ filter: EventFilter) {
        if let actor = filter.actor {
            require("CASE WHEN json_valid(e.metadata) THEN e.metadata ->> '$.actor.id' END = ?", [actor])
        }
        if let text = filter.text {
            let pattern = LikePattern.containing(text)
            let texts = ["e.data", "e.metadata"].map(SealedText.opened)
            let columns = (texts + ["s.name", "e.type"]).map { "\($0) LIKE ? ESCAPE '\\'" }
            require("(\(columns.joined(separator: " OR ")))", [pattern, pattern, pattern, pattern])
        }
    }

    private mutating func require(_ text: String, _ arguments: StatementArguments) {
        conditions.append(text)
        self.arguments += arguments
    }
}
