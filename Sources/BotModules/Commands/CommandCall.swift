import Domain

/// A line that calls a command: `!name`, in letters of either case, alone or with white space behind it.
package enum CommandCall {
    /// nil for nearly all lines, after a look at their first byte.
    package static func name(in text: String) -> CommandName? {
        let bytes = text.utf8
        guard bytes.first == UInt8(ascii: "!") else { return nil }
        let start = bytes.index(after: bytes.startIndex)
        let word = bytes[start...].prefix(CommandName.lengthMax + 1).prefix { !isBlank($0) && $0 < 0x80 }
        // The name's own rule says the rest: what is too long, empty or holds anything else is none.
        guard isEnd(word.endIndex, of: text) else { return nil }
        return CommandName(rawValue: String(decoding: word.map(lowered), as: UTF8.self))
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    /// White space ends a name, and what some chat programs append so that a line differs from the one before.
    private static func isEnd(_ place: String.Index, of text: String) -> Bool {
        guard place < text.endIndex else { return true }
        let scalar = text.unicodeScalars[place]
        return scalar.properties.isWhitespace || scalar == "\u{E0000}"
    }
}

extension CommandRole {
    /// What somebody in chat may call. Platforms do not say who follows: whoever only follows counts among everyone.
    package init(_ roles: ChatRoles) {
        let known: [(ChatRoles, CommandRole)] = [
            (.broadcaster, .broadcaster), (.moderator, .moderator), (.vip, .vip), (.subscriber, .subscriber),
        ]
        self = known.first { roles.contains($0.0) }?.1 ?? .everyone
    }
}
