import EventStore

/// Binds the columns of a row to a statement's parameters, in their order.
struct RowBinder {
    private let statement: BoundStatement
    private var index: Int32 = 0

    init(_ statement: BoundStatement) {
        self.statement = statement
    }

    mutating func bind(_ value: String?) {
        index += 1
        if let value { statement.bind(index, value) } else { statement.bindNull(index) }
    }

    mutating func bind(_ value: Int?) {
        index += 1
        if let value { statement.bind(index, value) } else { statement.bindNull(index) }
    }

    mutating func bind(_ value: Bool?) { bind(value.map { $0 ? 1 : 0 }) }

    mutating func bind(text bytes: [UInt8]?) {
        index += 1
        if let bytes { statement.bind(index, text: bytes) } else { statement.bindNull(index) }
    }
}
