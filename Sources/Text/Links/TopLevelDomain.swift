import CText

/// The top-level domains that there are, by the Public Suffix List.
enum TopLevelDomain {
    private static let lengthMax = 63

    /// Whether that part of a visible text, which is ASCII, is one.
    static func isOne(_ form: TextForm, _ range: Range<Int>) -> Bool {
        guard (2...lengthMax).contains(range.count) else { return false }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: lengthMax + 1) { label in
            for (offset, index) in range.enumerated() { label[offset] = CChar(bitPattern: form.bytes[index]) }
            label[range.count] = 0
            return ctext_is_public_suffix(label.baseAddress)
        }
    }
}
