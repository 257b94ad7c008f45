/// Discord's own id of a guild: a number of 1 to 20 digits.
package struct GuildID: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    package static let pattern = "^[1-9][0-9]{0,19}$"
    /// The same for people.
    package static let rule = "must be Discord's id of the guild: 1 to 20 digits, as Copy Server ID gives it"
    package let rawValue: String

    package init?(rawValue: String) {
        let bytes = rawValue.utf8
        guard (1...20).contains(bytes.count), bytes.first != UInt8(ascii: "0"),
            bytes.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        self.rawValue = rawValue
    }

    /// What the journal holds was checked when it came in.
    package init(stored rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { rawValue }
}
