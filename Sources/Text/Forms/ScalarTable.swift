import CText

/// What Unicode says of every scalar, by ICU; a page of 256 is made when it is first needed.
enum ScalarTable {
    nonisolated(unsafe) static let ascii: UnsafePointer<ctext_scalar> = ctext_scalar_page(0)

    @inline(__always)
    static func entry(_ scalar: UInt32) -> UnsafePointer<ctext_scalar> {
        ctext_scalar_page(scalar >> 8) + Int(scalar & 255)
    }

    /// The scalar that begins there, in valid UTF-8, and how many bytes it takes.
    @inline(__always)
    static func decode(_ bytes: UnsafePointer<UInt8>) -> (scalar: UInt32, length: Int) {
        let first = UInt32(bytes[0])
        if first < 0x80 { return (first, 1) }
        let second = UInt32(bytes[1] & 0x3F)
        if first < 0xE0 { return ((first & 0x1F) << 6 | second, 2) }
        let third = UInt32(bytes[2] & 0x3F)
        if first < 0xF0 { return ((first & 0x0F) << 12 | second << 6 | third, 3) }
        return ((first & 0x07) << 18 | second << 12 | third << 6 | UInt32(bytes[3] & 0x3F), 4)
    }
}

extension TextForm {
    /// Appends what a scalar becomes: each scalar of it with its own traits.
    ///
    /// - Parameter extra: traits that all of it has; those of the first byte alone come in `first`.
    func append(_ mapped: UnsafePointer<UInt8>, _ length: Int, extra: UInt8 = 0, first: UInt8 = 0) {
        reserve(count + length)
        var index = 0
        while index < length {
            let (scalar, size) = ScalarTable.decode(mapped + index)
            var trait = ScalarTable.entry(scalar).pointee.flags & (Traits.word.rawValue | Traits.letter.rawValue)
            if scalar >= 0x80 { isASCII = false }
            trait |= extra | (index == 0 ? first : 0)
            for offset in 0..<size {
                append(mapped[index + offset], trait | (offset == 0 ? Traits.lead.rawValue : 0))
                trait &= ~Traits.afterGap.rawValue
            }
            index += size
        }
    }
}
