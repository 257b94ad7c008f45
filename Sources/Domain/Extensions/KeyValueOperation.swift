/// Something that an extension does with what it keeps in one account. Each is done whole or not at all.
package enum KeyValueOperation: Equatable, Sendable {
    case get(key: String)
    /// - Parameter value: a JSON value.
    case set(key: String, value: JSONText)
    case delete(key: String)
    /// A key that is not there counts as 0.
    case increment(key: String, by: Double)
    case list(prefix: String)

    package enum Name: String, CaseIterable, Sendable { case get, set, delete, increment, list }

    package var name: Name {
        switch self {
        case .get: .get
        case .set: .set
        case .delete: .delete
        case .increment: .increment
        case .list: .list
        }
    }

    /// Of the key, or of the prefix.
    package var key: String {
        switch self {
        case .get(let key), .set(let key, _), .delete(let key), .increment(let key, _), .list(let key): key
        }
    }
}

/// How much one install may keep.
package enum KeyValueLimits {
    package static let keyBytesMax = 256
    package static let valueBytesMax = 64 * 1024
    /// Keys and values together.
    package static let sizeBytesMax = 1 << 20
    package static let keysMax = 10_000
    /// So many are listed, the first by their bytes.
    package static let listedMax = 1_000
    /// The largest whole number up to which JavaScript tells all of them apart.
    package static let numberMax = 9_007_199_254_740_991.0
}

/// Why it was not done, for the author of the extension.
package struct KeyValueRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }

    package static let full = KeyValueRefusal(
        "there is no room: an install may keep \(KeyValueLimits.keysMax) keys and 1 MB, keys and values together")
    package static let noNumber = KeyValueRefusal("only a number can be incremented: what stands there is none")
    package static let tooGreat = KeyValueRefusal("the number would be too great to be exact")
    package static let unavailable = KeyValueRefusal("what is kept cannot be reached at the moment: try again later")
}

extension KeyValueOperation {
    /// Checks what a script has given.
    ///
    /// - Parameter arguments: as in `get(key)`, `set(key, value)`, `delete(key)`, `increment(key, by = 1)`,
    ///   `list(prefix = "")`.
    package init(_ name: Name, _ arguments: [JSON]) throws(KeyValueRefusal) {
        func argument(_ index: Int) -> JSON { index < arguments.count ? arguments[index] : .null }
        let key: String
        switch argument(0) {
        case .string(let text): key = text
        case .null where name == .list: key = ""
        default: throw KeyValueRefusal("kv.\(name.rawValue) wants a text as its key")
        }
        guard key.utf8.count <= KeyValueLimits.keyBytesMax, name == .list || !key.isEmpty else {
            throw KeyValueRefusal("a key has 1 to \(KeyValueLimits.keyBytesMax) bytes; this one has \(key.utf8.count)")
        }
        switch name {
        case .get: self = .get(key: key)
        case .delete: self = .delete(key: key)
        case .list: self = .list(prefix: key)
        // Nothing is kept for nothing.
        case .set where argument(1) == .null: self = .delete(key: key)
        case .set: self = .set(key: key, value: try Self.value(argument(1)))
        case .increment: self = .increment(key: key, by: try Self.number(argument(1)))
        }
    }

    private static func value(_ json: JSON) throws(KeyValueRefusal) -> JSONText {
        let text = JSONText(json)
        guard text.bytes.count <= KeyValueLimits.valueBytesMax else {
            throw KeyValueRefusal(
                "a value has at most \(KeyValueLimits.valueBytesMax) bytes as JSON; this one has \(text.bytes.count)")
        }
        return text
    }

    private static func number(_ json: JSON) throws(KeyValueRefusal) -> Double {
        switch json {
        case .null: return 1
        case .number(let literal):
            guard let number = Double(literal), abs(number) <= KeyValueLimits.numberMax else { throw .tooGreat }
            return number
        default: throw KeyValueRefusal("kv.increment wants a number to add")
        }
    }
}
