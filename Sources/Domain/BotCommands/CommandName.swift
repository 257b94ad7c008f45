/// What somebody writes behind the `!` to call a command: 1 to 32 of `a-z 0-9 _ -`. In chat, case does not count.
package struct CommandName: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    package static let lengthMax = 32
    package static let pattern = "^[a-z0-9_-]{1,32}$"
    /// The same for people.
    package static let rule = "must be the name without the !, 1 to 32 of the characters a-z 0-9 _ -"
    package let rawValue: String

    package init?(rawValue: String) {
        guard (1...Self.lengthMax).contains(rawValue.utf8.count), rawValue.utf8.allSatisfy(Self.isAllowed) else {
            return nil
        }
        self.rawValue = rawValue
    }

    /// What the journal holds was checked when it came in.
    package init(stored rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { rawValue }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
