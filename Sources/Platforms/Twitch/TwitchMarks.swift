import Domain

/// The emotes and mentions of a text, as ranges of its UTF-8 bytes.
enum TwitchMarks {
    /// - Parameter emotes: in Unicode code points; what is not within the text, or overlaps an earlier one, is left
    ///   out.
    static func marks(of text: String, emotes: [Range<Int>]) -> [ChatMark] {
        let mentions = mentions(in: text)
        guard !emotes.isEmpty else { return mentions }
        let emotes = bytes(of: emotes.sorted { $0.lowerBound < $1.lowerBound }, in: text)
        return merged(emotes.map { ChatMark(.emote, $0) }, mentions)
    }

    /// In order; a mention that overlaps an emote is left out.
    private static func merged(_ emotes: [ChatMark], _ mentions: [ChatMark]) -> [ChatMark] {
        guard !mentions.isEmpty else { return emotes }
        let free = mentions.filter { mention in !emotes.contains { $0.range.overlaps(mention.range) } }
        return (emotes + free).sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// One pass over the text for all positions, which are sorted.
    private static func bytes(of positions: [Range<Int>], in text: String) -> [Range<Int>] {
        var ranges: [Range<Int>] = [], end = 0
        var walk = CodePointWalk(text.utf8)
        for position in positions where position.lowerBound >= end {
            guard let start = walk.offset(of: position.lowerBound), let stop = walk.offset(of: position.upperBound)
            else { break }
            ranges.append(start..<stop)
            end = position.upperBound
        }
        return ranges
    }

    /// `@name`, where a name is 1 to 25 of `A-Z a-z 0-9 _`, and no such letter stands before the `@`: an e-mail address
    /// mentions nobody.
    static func mentions(in text: String) -> [ChatMark] {
        let utf8 = text.utf8
        guard utf8.contains(UInt8(ascii: "@")) else { return [] }
        var marks: [ChatMark] = [], start: Int?, before: UInt8 = 0
        for (offset, byte) in utf8.enumerated() {
            if let at = start, !isNameByte(byte) {
                if (2...26).contains(offset - at) { marks.append(ChatMark(.mention, at..<offset)) }
                start = nil
            }
            if byte == UInt8(ascii: "@"), !isNameByte(before) { start = offset }
            before = byte
        }
        if let at = start, (2...26).contains(utf8.count - at) { marks.append(ChatMark(.mention, at..<utf8.count)) }
        return marks
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// From numbers of code points to offsets of bytes, forward only.
private struct CodePointWalk {
    private let bytes: String.UTF8View
    private var index: String.UTF8View.Index, offset = 0, codePoints = 0

    init(_ bytes: String.UTF8View) {
        (self.bytes, index) = (bytes, bytes.startIndex)
    }

    /// - Parameter number: not below the one before; the text's end has one, too.
    mutating func offset(of number: Int) -> Int? {
        while codePoints < number {
            guard index < bytes.endIndex else { return nil }
            repeat {
                index = bytes.index(after: index)
                offset += 1
            } while index < bytes.endIndex && bytes[index] & 0xC0 == 0x80
            codePoints += 1
        }
        return offset
    }
}
