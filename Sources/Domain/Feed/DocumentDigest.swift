/// A sum of hashes modulo 2²⁵⁶ that names a whole set of documents, in any order (AdHash): a change costs O(1).
package struct DocumentDigest: Equatable, Sendable, CustomStringConvertible {
    /// Little-endian limbs.
    private var limbs: SIMD4<UInt64> = .zero

    package init() {}

    /// 64 hexadecimal digits.
    package init?(_ text: String) {
        let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == 64, text.utf8.count == 64 else { return nil }
        for (index, digit) in digits.enumerated() {
            limbs[3 - index / 16] = limbs[3 - index / 16] << 4 | UInt64(digit)
        }
    }

    package mutating func add(_ hash: SIMD32<UInt8>) {
        let other = Self.limbs(of: hash)
        var carry = false
        for index in 0..<4 {
            let (first, overflow) = limbs[index].addingReportingOverflow(other[index])
            let (second, again) = first.addingReportingOverflow(carry ? 1 : 0)
            limbs[index] = second
            carry = overflow || again
        }
    }

    package mutating func subtract(_ hash: SIMD32<UInt8>) {
        let other = Self.limbs(of: hash)
        var borrow = false
        for index in 0..<4 {
            let (first, overflow) = limbs[index].subtractingReportingOverflow(other[index])
            let (second, again) = first.subtractingReportingOverflow(borrow ? 1 : 0)
            limbs[index] = second
            borrow = overflow || again
        }
    }

    private static func limbs(of hash: SIMD32<UInt8>) -> SIMD4<UInt64> {
        let words = unsafeBitCast(hash, to: SIMD4<UInt64>.self)
        return SIMD4(words[3].bigEndian, words[2].bigEndian, words[1].bigEndian, words[0].bigEndian)
    }

    package var description: String {
        (0..<4).reversed().map { index in
            let digits = String(limbs[index], radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
