/// The `emotes` tag of Twitch's IRC, as in `25:0-4,12-16/1902:6-10`: positions in Unicode code points, both ends
/// included.
enum TwitchEmotes {
    /// What is no position is left out: the text is the author's then.
    static func positions(in bytes: ArraySlice<UInt8>) -> [Range<Int>] {
        var positions: [Range<Int>] = []
        for emote in bytes.split(separator: UInt8(ascii: "/")) {
            guard let colon = emote.lastIndex(of: UInt8(ascii: ":")) else { continue }
            for position in emote[(colon + 1)...].split(separator: UInt8(ascii: ",")) {
                if let range = range(position) { positions.append(range) }
            }
        }
        return positions
    }

    private static func range(_ position: ArraySlice<UInt8>) -> Range<Int>? {
        let ends = position.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard ends.count == 2, let first = number(ends[0]), let last = number(ends[1]), first <= last else {
            return nil
        }
        return first..<(last + 1)
    }

    /// At most five digits: a line is not longer.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...5).contains(digits.count) else { return nil }
        var value = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return value
    }
}
