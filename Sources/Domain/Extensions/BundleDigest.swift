/// The SHA-256 of a bundle's bytes, in lower-case hexadecimal: a bundle is called by it wherever it is kept.
package struct BundleDigest: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    package static let pattern = "^[0-9a-f]{64}$"
    package let rawValue: String

    package init?(rawValue: String) {
        guard rawValue.utf8.count == 64,
            rawValue.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        self.rawValue = rawValue
    }

    /// - Parameter hash: the SHA-256 itself, 32 bytes.
    package init(hash: some Sequence<UInt8>) {
        rawValue = hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// What the journal holds was checked when it came in.
    package init(stored rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { rawValue }
}
