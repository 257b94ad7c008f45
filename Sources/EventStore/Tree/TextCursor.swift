/// Writes text into memory that is known to be large enough.
///
/// Entries are short and many, and an array that grows asks about its room and its owners with every append, which
/// costs more than the bytes.
struct TextCursor {
    private let start: UnsafeMutablePointer<UInt8>
    private(set) var count = 0

    init(_ start: UnsafeMutablePointer<UInt8>) {
        self.start = start
    }

    /// - Parameter max: more is never written.
    static func bytes(max: Int, _ write: (inout TextCursor) -> Void) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Swift.max(1, max)) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            var text = TextCursor(start)
            write(&text)
            count = text.count
        }
    }

    mutating func append(_ byte: UInt8) {
        start[count] = byte
        count += 1
    }

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let first = bytes.baseAddress else { return }
        (start + count).initialize(from: first, count: bytes.count)
        count += bytes.count
    }

    mutating func append(_ text: StaticString) {
        append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(decimal value: Int) {
        if value < 0 { append(UInt8(ascii: "-")) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var first = digits.count
            var rest = value.magnitude
            repeat {
                first -= 1
                digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            append(UnsafeBufferPointer(rebasing: digits[first...]))
        }
    }

    mutating func append(hexadecimal hash: Hash) {
        let words = unsafeBitCast(hash.bytes, to: SIMD8<UInt32>.self)
        for index in 0..<8 { store(Self.digits(words[index])) }
    }

    /// The 36 characters of RFC 9562, section 4.
    mutating func append(_ id: EventID) {
        let words = unsafeBitCast(id.bytes, to: SIMD4<UInt32>.self)
        store(Self.digits(words[0]))
        for index in 1...2 {
            let digits = Self.digits(words[index])
            append(UInt8(ascii: "-"))
            store(UInt32(truncatingIfNeeded: digits))
            append(UInt8(ascii: "-"))
            store(UInt32(truncatingIfNeeded: digits >> 32))
        }
        store(Self.digits(words[3]))
    }

    /// The most that `append(escaped:)` makes of one byte.
    static let escapeMax = 6

    mutating func append(escaped text: String) {
        var text = text
        text.withUTF8 { append(escaped: $0) }
    }

    mutating func append(escaped text: UnsafeBufferPointer<UInt8>) {
        guard text.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
            return append(text)
        }
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case 0..<0x20:
                append("\\u00")
                store(UInt16(truncatingIfNeeded: Self.digits(UInt32(byte))))
            default: append(byte)
            }
        }
    }

    private mutating func store(_ bytes: some FixedWidthInteger) {
        UnsafeMutableRawPointer(start + count).storeBytes(of: bytes, as: type(of: bytes))
        count += MemoryLayout.size(ofValue: bytes)
    }

    /// The eight hexadecimal digits of four bytes, all at once, in the same order in memory.
    private static func digits(_ bytes: UInt32) -> UInt64 {
        var nibbles = UInt64(bytes.byteSwapped)
        nibbles = (nibbles << 16 | nibbles) & 0x0000_FFFF_0000_FFFF
        nibbles = (nibbles << 8 | nibbles) & 0x00FF_00FF_00FF_00FF
        nibbles = (nibbles << 4 | nibbles) & 0x0F0F_0F0F_0F0F_0F0F
        let isLetter = (nibbles + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        let fromZeroToLetters = UInt64(UInt8(ascii: "a") - UInt8(ascii: "0") - 10)
        return (nibbles + 0x3030_3030_3030_3030 + isLetter * fromZeroToLetters).byteSwapped
    }
}
