/// One line of IRC (RFC 1459, section 2.3.1) with its tags (IRCv3 "Message Tags"), as it came.
///
/// The parts are ranges of its bytes; text is made of what is asked for, so that a line of which nobody wants anything
/// costs one pass over it.
package struct IRCLine: Sendable {
    /// Longer lines are refused. Twitch's longest have some 3 KiB: 500 characters and their tags.
    package static let sizeBytesMax = 16_384

    /// Why a text is no line of IRC, and at which byte.
    package struct Malformed: Error, Equatable, CustomStringConvertible {
        package let offset: Int, reason: String

        package init(offset: Int, reason: String) {
            (self.offset, self.reason) = (offset, reason)
        }

        package var description: String { "\(reason) at byte \(offset)" }
    }

    struct Tag: Sendable {
        let name: Range<Int>, value: Range<Int>
    }

    let bytes: [UInt8]
    let tags: [Tag]
    private let source: Range<Int>?, commandRange: Range<Int>, parameterRanges: [Range<Int>]

    /// - Parameter line: with or without the CR and LF at its end.
    package init(parsing line: String) throws(Malformed) {
        try self.init(bytes: Array(line.utf8))
    }

    /// - Parameter bytes: with or without the CR and LF at their end.
    package init(bytes: [UInt8]) throws(Malformed) {
        guard bytes.count <= Self.sizeBytesMax else {
            throw Malformed(offset: Self.sizeBytesMax, reason: "the line is longer than \(Self.sizeBytesMax) bytes")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Malformed(offset: 0, reason: "the line is not UTF-8")
        }
        let parts = try bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(Malformed) in
                var scanner = IRCScanner(buffer)
                return try scanner.line()
            }
        }.get()
        self.bytes = bytes
        (tags, source) = (parts.tags, parts.source)
        (commandRange, parameterRanges) = (parts.command, parts.parameters)
    }

    /// In capitals, or three digits.
    package var command: String { text(commandRange).uppercased() }

    package var parameters: [String] { parameterRanges.map(text) }

    /// The last parameter, which alone may hold spaces.
    package var trailing: String? { parameterRanges.last.map(text) }

    /// Who sent it: a server's name, or `nick!user@host`.
    package var prefix: String? { source.map(text) }

    /// The part of the prefix before `!` and `@`; nil when a server speaks.
    package var nick: String? {
        guard let source,
            let end = bytes[source].firstIndex(where: { $0 == UInt8(ascii: "!") || $0 == UInt8(ascii: "@") })
        else { return nil }
        return text(source.lowerBound..<end)
    }

    /// The unescaped value of a tag, empty when it has none; nil when the tag is absent.
    package func tag(_ name: StaticString) -> String? {
        tagBytes(name).map { IRCEscapes.decode(bytes[$0]) }
    }

    /// The value as it was sent; of a tag that stands twice, the last (IRCv3).
    func tagBytes(_ name: StaticString) -> Range<Int>? {
        tags.last { holds($0.name, name) }?.value
    }

    /// Without making a text of it: most lines of a chat are of one command.
    func isCommand(_ name: StaticString) -> Bool { holds(commandRange, name) }

    var parameterCount: Int { parameterRanges.count }

    private func holds(_ range: Range<Int>, _ name: StaticString) -> Bool {
        guard range.count == name.utf8CodeUnitCount else { return false }
        for offset in 0..<range.count where bytes[range.lowerBound + offset] != name.utf8Start[offset] { return false }
        return true
    }

    private func text(_ range: Range<Int>) -> String {
        bytes.withUnsafeBufferPointer { String(decoding: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self) }
    }
}
