/// Reads one JSON text strictly (RFC 8259): UTF-8 only, no duplicate member names (RFC 7493), bounded depth.
package struct JSONParser {
    /// Nesting deeper than this is refused: no document of this product comes near it.
    package static let depthMax = 32

    /// Why a text is not JSON that we take, and at which byte.
    package struct SyntaxError: Error, Equatable, CustomStringConvertible {
        package let offset: Int, reason: String
        package var description: String { "\(reason) at byte \(offset)" }
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var offset = 0

    package static func parse(_ text: String) throws(SyntaxError) -> JSON {
        try parse(Array(text.utf8))
    }

    package static func parse(_ bytes: [UInt8]) throws(SyntaxError) -> JSON {
        let result = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(SyntaxError) in try parse(buffer) }
        }
        return try result.get()
    }

    package static func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(SyntaxError) -> JSON {
        var parser = JSONParser(bytes: bytes)
        parser.skipSpace()
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.offset == bytes.count else { throw parser.error("something follows the JSON value") }
        return value
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private func error(_ reason: String) -> SyntaxError { SyntaxError(offset: offset, reason: reason) }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    private mutating func value(depth: Int) throws(SyntaxError) -> JSON {
        switch current {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case nil: throw error("the text ends where a value should stand")
        default: return try number()
        }
    }

    private mutating func literal(_ word: StaticString, _ value: JSON) throws(SyntaxError) -> JSON {
        for index in 0..<word.utf8CodeUnitCount {
            guard current == word.utf8Start[index] else { throw error("expected \(word)") }
            offset += 1
        }
        return value
    }

    /// Enters an array or object that stands within `depth` others.
    private mutating func enter(depth: Int) throws(SyntaxError) {
        guard depth < Self.depthMax else { throw error("nested deeper than \(Self.depthMax) levels") }
        offset += 1
    }

    private mutating func object(depth: Int) throws(SyntaxError) -> JSON {
        try enter(depth: depth)
        var members: [JSON.Member] = []
        var names: Set<String> = []
        skipSpace()
        if take("}") { return .object(members) }
        repeat {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw error("expected a member name in quotes") }
            let start = offset
            let name = try string()
            guard names.insert(name).inserted else {
                throw SyntaxError(offset: start, reason: "the member \"\(name)\" stands twice")
            }
            skipSpace()
            guard take(":") else { throw error("expected ':' after the member name") }
            skipSpace()
            members.append(JSON.Member(name, try value(depth: depth + 1)))
            skipSpace()
        } while take(",")
        guard take("}") else { throw error("expected ',' or '}'") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(SyntaxError) -> JSON {
        try enter(depth: depth)
        var values: [JSON] = []
        skipSpace()
        if take("]") { return .array(values) }
        repeat {
            skipSpace()
            values.append(try value(depth: depth + 1))
            skipSpace()
        } while take(",")
        guard take("]") else { throw error("expected ',' or ']'") }
        return .array(values)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    private mutating func string() throws(SyntaxError) -> String {
        let start = offset + 1
        guard let end = JSONString.end(of: bytes, from: offset) else { throw error("a string does not end") }
        let content = UnsafeBufferPointer(rebasing: bytes[start..<end])
        guard let text = JSONString.decode(content) else {
            throw error("a string holds a control character, a broken escape or bytes that are not UTF-8")
        }
        offset = end + 1
        return text
    }

    private mutating func number() throws(SyntaxError) -> JSON {
        let start = offset
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
        return .number(String(decoding: bytes[start..<offset], as: UTF8.self))
    }

    private mutating func digits() throws(SyntaxError) {
        let start = offset
        while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { offset += 1 }
        guard offset > start else { throw error("unexpected character") }
    }
}
