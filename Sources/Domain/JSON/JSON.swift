/// A JSON value as it was given: the order of members and the literals of numbers are kept (RFC 8259).
package enum JSON: Sendable {
    case null
    case bool(Bool)
    /// The literal, unchanged: `1.0` stays `1.0`.
    case number(String)
    case string(String)
    case array([JSON])
    case object([Member])

    package struct Member: Sendable, Equatable {
        package let name: String, value: JSON

        package init(_ name: String, _ value: JSON) {
            (self.name, self.value) = (name, value)
        }

        package static func == (left: Member, right: Member) -> Bool {
            left.name.utf8.elementsEqual(right.name.utf8) && left.value == right.value
        }
    }

    package static let emptyObject = JSON.object([])

    package static func integer(_ value: Int) -> JSON { .number(String(value)) }
}

extension JSON: Equatable {
    /// Objects are equal when they hold equal members in any order; numbers when their literals are equal; strings when
    /// their bytes are: Swift takes two normal forms of a letter for one, JSON does not (RFC 8259, section 8.3).
    package static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)):
            left.count == right.count && left.allSatisfy { member in right.contains { $0 == member } }
        default: false
        }
    }
}

extension JSON {
    /// The member of an object; nil for every other value.
    package subscript(_ name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    package var string: String? { if case .string(let value) = self { value } else { nil } }

    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// The number when it is a whole one that fits, however it was written (`3`, `3.0`, `3e0`); more than 15 digits
    /// only when written plainly, for a `Double` would round them.
    package var integer: Int? {
        guard case .number(let literal) = self else { return nil }
        if let value = Int(literal) { return value }
        guard literal.utf8.count <= 16 else { return nil }
        return Double(literal).flatMap(Int.init(exactly:))
    }

    package var array: [JSON]? { if case .array(let values) = self { values } else { nil } }

    package var members: [Member]? { if case .object(let members) = self { members } else { nil } }

    /// What a person calls a value of this kind, for error messages.
    package var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
