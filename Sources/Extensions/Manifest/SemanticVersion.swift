/// A version as Semantic Versioning 2.0.0 has it: `1.4.0`, `2.0.0-beta.1+build5`.
package struct SemanticVersion: Hashable, Sendable, CustomStringConvertible {
    package static let lengthMax = 64
    /// For people.
    package static let rule = "must be a version such as 1.4.0 or 2.0.0-beta.1 (semver.org)"

    /// As it was written.
    package let description: String
    private let numbers: [Int]
    private let preRelease: [Substring]

    package init?(_ text: String) {
        guard text.utf8.count <= Self.lengthMax, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        let parts = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        let halves = parts[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = halves[0].split(separator: ".", omittingEmptySubsequences: false).map(Self.number)
        guard numbers.count == 3, !numbers.contains(nil) else { return nil }
        let preRelease = halves.count > 1 ? Self.identifiers(halves[1]) : []
        let build = parts.count > 1 ? Self.identifiers(parts[1]) : []
        guard let preRelease, build != nil else { return nil }
        guard preRelease.allSatisfy({ !Self.isDigits($0) || Self.number($0) != nil }) else { return nil }
        (self.numbers, self.preRelease, description) = (numbers.compactMap(\.self), preRelease, text)
    }

    /// Without leading zeros.
    private static func number(_ text: Substring) -> Int? {
        guard isDigits(text), text.count == 1 || text.first != "0" else { return nil }
        return Int(text)
    }

    private static func isDigits(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// nil when one of them is none.
    private static func identifiers(_ text: Substring) -> [Substring]? {
        let identifiers = text.split(separator: ".", omittingEmptySubsequences: false)
        let areGood = identifiers.allSatisfy { identifier in
            !identifier.isEmpty && identifier.utf8.allSatisfy(Self.isPlain)
        }
        return areGood ? identifiers : nil
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension SemanticVersion: Comparable {
    /// By precedence (semver.org, 11); the build says nothing about it.
    package static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
        if left.numbers != right.numbers { return left.numbers.lexicographicallyPrecedes(right.numbers) }
        // What comes before a release has identifiers; the release itself has none.
        guard !left.preRelease.isEmpty, !right.preRelease.isEmpty else {
            return right.preRelease.isEmpty && !left.preRelease.isEmpty
        }
        return left.preRelease.lexicographicallyPrecedes(right.preRelease, by: isBefore)
    }

    private static func isBefore(_ left: Substring, _ right: Substring) -> Bool {
        switch (number(left), number(right)) {
        case (let left?, let right?): left < right
        case (_?, nil): true
        case (nil, _?): false
        case (nil, nil): left.utf8.lexicographicallyPrecedes(right.utf8)
        }
    }

    /// Of one precedence: they differ in the build at most.
    package func ranks(with other: SemanticVersion) -> Bool { !(self < other) && !(other < self) }
}
