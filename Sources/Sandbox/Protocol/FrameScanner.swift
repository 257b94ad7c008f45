import Domain

/// Reads a message member by member. Both sides are this program, so the members stand in one order and without space;
/// what comes from a child is read as if an enemy had written it.
struct FrameScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var offset = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// Goes past a text that must stand here.
    mutating func skip(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard offset + length <= bytes.count else { return false }
        for index in 0..<length where bytes[offset + index] != text.utf8Start[index] { return false }
        offset += length
        return true
    }

    /// A whole number that is not negative.
    mutating func number() -> UInt64? {
        var value: UInt64 = 0
        let start = offset
        while offset < bytes.count, case let digit = bytes[offset] &- 0x30, digit < 10 {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(UInt64(digit))
            guard !overflow, !carry else { return nil }
            value = sum
            offset += 1
        }
        return offset > start ? value : nil
    }

    mutating func member(_ name: StaticString) -> UInt64? {
        skip(name) ? number() : nil
    }

    mutating func string() -> String? {
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\""),
            let end = JSONString.end(of: bytes, from: offset)
        else { return nil }
        defer { offset = end + 1 }
        return JSONString.decode(UnsafeBufferPointer(rebasing: bytes[(offset + 1)..<end]))
    }

    /// `["…", "…"]`
    mutating func strings() -> [String]? {
        guard skip("[") else { return nil }
        if skip("]") { return [] }
        var strings: [String] = []
        repeat {
            guard let string = string() else { return nil }
            strings.append(string)
        } while skip(",")
        return skip("]") ? strings : nil
    }

    /// Whether the message ends here, as it must.
    mutating func ends() -> Bool { skip("}") && offset == bytes.count }

    /// The message's last value: all that is left but for the closing brace.
    mutating func rest() -> UnsafeBufferPointer<UInt8>? {
        guard offset < bytes.count, bytes[bytes.count - 1] == UInt8(ascii: "}") else { return nil }
        defer { offset = bytes.count }
        return UnsafeBufferPointer(rebasing: bytes[offset..<(bytes.count - 1)])
    }
}
