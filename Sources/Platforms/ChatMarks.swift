import Domain

/// Finding what in a text is not its author's own words, as ranges of its UTF-8 bytes.
enum ChatMarks {
    /// In order; a mention that overlaps an emote is left out.
    static func merged(_ emotes: [ChatMark], _ mentions: [ChatMark]) -> [ChatMark] {
        guard !mentions.isEmpty else { return emotes }
        let free = mentions.filter { mention in !emotes.contains { $0.range.overlaps(mention.range) } }
        return (emotes + free).sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// Marks that are written into the text itself, as in `[emote:1:KEKW]`.
    ///
    /// - Parameter length: of the mark that begins at this place of the text; nil when there is none.
    static func inline(
        _ kind: ChatMark.Kind, in text: String, from first: UInt8, length: (ArraySlice<UInt8>) -> Int?
    ) -> [ChatMark] {
        guard text.utf8.contains(first) else { return [] }
        let bytes = Array(text.utf8)
        var marks: [ChatMark] = [], place = 0
        while place < bytes.count {
            guard bytes[place] == first, let length = length(bytes[place...]), length > 0 else {
                place += 1
                continue
            }
            marks.append(ChatMark(kind, place..<(place + length)))
            place += length
        }
        return marks
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
