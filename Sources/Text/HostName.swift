import CText

/// A host as it is looked up: lowercase ASCII, without a trailing dot; other scripts in their IDNA form (UTS #46).
package struct HostName: Hashable, Sendable {
    /// The longest name that the DNS takes (RFC 1035), and its longest label.
    private static let lengthMax = 253
    private static let labelLengthMax = 63
    /// Other scripts shrink on the way, but never from more than this.
    private static let inputLengthMaxBytes = 1024

    package let name: String

    /// Nil when it cannot be a host: an empty or too long label, or characters that no host has.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.inputLengthMaxBytes, var name = Self.ascii(text) else { return nil }
        if name.hasSuffix(".") { name.removeLast() }
        guard name.utf8.count <= Self.lengthMax, Self.labels(of: name).allSatisfy(Self.isLabel) else { return nil }
        self.name = name
    }

    /// ASCII passes as it is: IDNA would refuse `r3---sn.googlevideo.com`, which exists.
    private static func ascii(_ text: String) -> String? {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
        guard !text.utf8.contains(0) else { return nil }
        let capacity = lengthMax + 2
        let ascii = String(unsafeUninitializedCapacity: capacity) { buffer in
            buffer.withMemoryRebound(to: CChar.self) { ctext_idna_to_ascii(text, $0.baseAddress, capacity) }
        }
        return ascii.isEmpty ? nil : ascii
    }

    private static func labels(of name: String) -> [Substring.UTF8View] {
        name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    }

    /// Letters, digits and inner hyphens; underscores too, which browsers look up like any other.
    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return (1...labelLengthMax).contains(label.count) && label.first != hyphen && label.last != hyphen
            && label.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case hyphen, UInt8(ascii: "_"): true
                default: false
                }
            }
    }
}

extension HostName {
    /// Whether everybody can register names below it: `com`, `co.uk`, `github.io` (the whole Public Suffix List).
    package var isPublicSuffix: Bool {
        ctext_is_public_suffix(name)
    }

    /// The last label: `com`.
    package var lastLabel: Substring {
        name[(name.lastIndex(of: ".").map(name.index(after:)) ?? name.startIndex)...]
    }

    /// Whether the last label is a top-level domain that there is.
    package var hasKnownSuffix: Bool {
        ctext_is_public_suffix(String(lastLabel))
    }

    /// Whether it is an IPv4 address in four decimal parts.
    package var isIPv4: Bool {
        let parts = Self.labels(of: name)
        return parts.count == 4
            && parts.allSatisfy { part in
                part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                    && UInt8(Substring(part)) != nil && (part.count == 1 || part.first != UInt8(ascii: "0"))
            }
    }
}

extension HostName: CustomStringConvertible {
    package var description: String { name }
}
