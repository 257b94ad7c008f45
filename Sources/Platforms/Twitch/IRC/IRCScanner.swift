/// Finds the parts of a line of IRC, strictly.
struct IRCScanner {
    struct Parts {
        var tags: [IRCLine.Tag] = []
        var source: Range<Int>?
        var command = 0..<0
        var parameters: [Range<Int>] = []
    }

    /// RFC 1459, section 2.3.1.
    private static let parametersMax = 15
    private static let tagsMax = 128

    private let bytes: UnsafeBufferPointer<UInt8>
    private let end: Int
    private var offset = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        var end = bytes.count
        if end > 0, bytes[end - 1] == 0x0A { end -= 1 }
        if end > 0, bytes[end - 1] == 0x0D { end -= 1 }
        self.end = end
    }

    mutating func line() throws(IRCLine.Malformed) -> Parts {
        if let index = bytes[..<end].firstIndex(where: { $0 == 0 || $0 == 0x0A || $0 == 0x0D }) {
            throw IRCLine.Malformed(offset: index, reason: "NUL, CR or LF within the line")
        }
        var parts = Parts()
        if take("@") { parts.tags = try tags() }
        skipSpaces()
        if take(":") { parts.source = try source() }
        skipSpaces()
        parts.command = try command()
        parts.parameters = try parameters()
        return parts
    }

    private func error(_ reason: String) -> IRCLine.Malformed { IRCLine.Malformed(offset: offset, reason: reason) }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard offset < end, bytes[offset] == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    private mutating func skipSpaces() { while take(" ") {} }

    /// Up to one of two bytes, or the end.
    private mutating func run(until first: Unicode.Scalar, or second: Unicode.Scalar) -> Range<Int> {
        let start = offset
        while offset < end, bytes[offset] != UInt8(ascii: first), bytes[offset] != UInt8(ascii: second) { offset += 1 }
        return start..<offset
    }

    private mutating func tags() throws(IRCLine.Malformed) -> [IRCLine.Tag] {
        var tags: [IRCLine.Tag] = []
        tags.reserveCapacity(24)
        repeat {
            let section = run(until: ";", or: " ")
            let split = bytes[section].firstIndex(of: UInt8(ascii: "="))
            let name = section.lowerBound..<(split ?? section.upperBound)
            guard !name.isEmpty else { throw error("a tag has no name") }
            guard tags.count < Self.tagsMax else { throw error("more than \(Self.tagsMax) tags") }
            tags.append(
                IRCLine.Tag(name: name, value: (split.map { $0 + 1 } ?? section.upperBound)..<section.upperBound))
        } while take(";")
        guard take(" ") else { throw error("nothing follows the tags") }
        return tags
    }

    private mutating func source() throws(IRCLine.Malformed) -> Range<Int> {
        let source = run(until: " ", or: " ")
        guard !source.isEmpty else { throw error("the prefix is empty") }
        guard take(" ") else { throw error("nothing follows the prefix") }
        return source
    }

    /// Letters, or three digits.
    private mutating func command() throws(IRCLine.Malformed) -> Range<Int> {
        let command = run(until: " ", or: " ")
        let word = bytes[command]
        let isWord = word.allSatisfy { ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z") }
        let isNumber = word.count == 3 && word.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        guard !command.isEmpty, isWord || isNumber else {
            throw IRCLine.Malformed(offset: command.lowerBound, reason: "expected a command")
        }
        return command
    }

    private mutating func parameters() throws(IRCLine.Malformed) -> [Range<Int>] {
        var parameters: [Range<Int>] = []
        while true {
            skipSpaces()
            guard offset < end else { return parameters }
            guard parameters.count < Self.parametersMax else {
                throw error("more than \(Self.parametersMax) parameters")
            }
            if take(":") {
                parameters.append(offset..<end)
                return parameters
            }
            parameters.append(run(until: " ", or: " "))
        }
    }
}
