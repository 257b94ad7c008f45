import Domain
import GRDB

/// Reads the columns of a row in their order: looking each up by its name would cost more than all the rest.
struct RowReader {
    private let row: Row
    private var index: Int

    /// - Parameter index: of the first column.
    init(_ row: Row, at index: Int = 0) {
        (self.row, self.index) = (row, index)
    }

    mutating func text() -> String { row[next()] }

    mutating func textIfPresent() -> String? { row[next()] }

    mutating func integer() -> Int { row[next()] }

    mutating func bool() -> Bool { row[next()] }

    mutating func boolIfPresent() -> Bool? { row[next()] }

    mutating func moment() -> Timestamp { Timestamp(microseconds: integer()) }

    mutating func momentIfPresent() -> Timestamp? {
        let microseconds: Int? = row[next()]
        return microseconds.map(Timestamp.init(microseconds:))
    }

    mutating func choice<Value: RawRepresentable<String>>() throws -> Value {
        let text = text()
        guard let value = Value(rawValue: text) else {
            throw Inapplicable(description: "the read models hold \(text) as a \(Value.self)")
        }
        return value
    }

    /// Passes over a column.
    mutating func skip() { _ = next() }

    /// A document that stands whole in one column, behind so many others that were made of it.
    mutating func storedDocument<Document: FeedDocument>(after columns: Int) throws -> Document {
        for _ in 0..<columns { skip() }
        return try Array(text().utf8).withUnsafeBufferPointer { try Document(decoding: StoredObject($0)) }
    }

    private mutating func next() -> Int {
        defer { index += 1 }
        return index
    }
}
