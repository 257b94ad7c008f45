/// The id of an extension: a UUID in lower case that its author chose once, in the manifest.
package struct ExtensionID: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    package static let pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
    /// The same for people.
    package static let rule = "must be a UUID in lower case, as 3f0c1c52-7c1e-4b8e-9d55-0a3f5c1b2d4e"
    package let rawValue: String

    package init?(rawValue: String) {
        guard LowercaseUUID.isOne(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    /// What the journal holds was checked when it came in.
    package init(stored rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { rawValue }
}

/// The id of one account's installation of an extension: a UUID in lower case that the control plane made.
package struct InstallID: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    package static let pattern = ExtensionID.pattern
    package static let rule = ExtensionID.rule
    package let rawValue: String

    package init?(rawValue: String) {
        guard LowercaseUUID.isOne(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    /// What the journal holds was checked when it came in.
    package init(stored rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { rawValue }
}

private enum LowercaseUUID {
    static func isOne(_ text: String) -> Bool {
        let bytes = text.utf8
        guard bytes.count == 36 else { return false }
        return bytes.enumerated().allSatisfy { place, byte in
            [8, 13, 18, 23].contains(place)
                ? byte == UInt8(ascii: "-") : (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
        }
    }
}
