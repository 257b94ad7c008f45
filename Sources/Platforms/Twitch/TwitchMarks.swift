import Domain

/// The emotes and mentions of a text on Twitch, as ranges of its UTF-8 bytes.
enum TwitchMarks {
    /// - Parameter emotes: in Unicode code points; what is not within the text, or overlaps an earlier one, is left
    ///   out.
    static func marks(of text: String, emotes: [Range<Int>]) -> [ChatMark] {
        let mentions = ChatMarks.mentions(in: text)
        guard !emotes.isEmpty else { return mentions }
        let emotes = bytes(of: emotes.sorted { $0.lowerBound < $1.lowerBound }, in: text)
        return ChatMarks.merged(emotes.map { ChatMark(.emote, $0) }, mentions)
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
