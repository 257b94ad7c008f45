/// The product's id of an account: 1 to 64 of `A-Z a-z 0-9 _ -`.
package struct AccountID: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    package static let pattern = "^[A-Za-z0-9_-]{1,64}$"
    /// The same for people.
    package static let rule = "must be 1 to 64 of the characters A-Z a-z 0-9 _ -"
    package let rawValue: String

    package init?(rawValue: String) {
        guard (1...64).contains(rawValue.utf8.count), rawValue.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.rawValue = rawValue
    }

    /// What the journal holds was checked when it came in.
    package init(stored rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { rawValue }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
