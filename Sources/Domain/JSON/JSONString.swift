/// Finding and decoding the strings of a JSON text (RFC 8259, section 7).
package enum JSONString {
    /// The offset of the closing quote of the string whose opening quote stands at `start`.
    package static func end(of bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var offset = start + 1
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "\""): return offset
            case UInt8(ascii: "\\"): offset += 2
            default: offset += 1
            }
        }
        return nil
    }

    /// The text between the quotes; nil when it is not a JSON string's content.
    package static func decode(_ content: UnsafeBufferPointer<UInt8>) -> String? {
        var plain = true
        for byte in content {
            if byte < 0x20 { return nil }
            if byte == UInt8(ascii: "\\") { plain = false }
        }
        return plain ? String(validating: content, as: UTF8.self) : unescape(content)
    }

    private static func unescape(_ content: UnsafeBufferPointer<UInt8>) -> String? {
        var output: [UInt8] = []
        output.reserveCapacity(content.count)
        var offset = 0
        while offset < content.count {
            guard content[offset] == UInt8(ascii: "\\") else {
                output.append(content[offset])
                offset += 1
                continue
            }
            guard offset + 1 < content.count else { return nil }
            if content[offset + 1] == UInt8(ascii: "u") {
                guard let (scalar, length) = unicodeEscape(content, at: offset) else { return nil }
                output.append(contentsOf: String(Character(scalar)).utf8)
                offset += length
            } else {
                guard let byte = simpleEscape(content[offset + 1]) else { return nil }
                output.append(byte)
                offset += 2
            }
        }
        return String(validating: output, as: UTF8.self)
    }

    private static func simpleEscape(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    /// A `\uXXXX` escape, or a surrogate pair of two; a lone surrogate is no text.
    private static func unicodeEscape(
        _ content: UnsafeBufferPointer<UInt8>, at offset: Int
    ) -> (scalar: Unicode.Scalar, length: Int)? {
        guard let high = hexadecimal(content, at: offset) else { return nil }
        if let scalar = Unicode.Scalar(high) { return (scalar, 6) }
        guard (0xD800..<0xDC00).contains(high), let low = hexadecimal(content, at: offset + 6),
            (0xDC00..<0xE000).contains(low)
        else { return nil }
        let value = 0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(low) - 0xDC00)
        return Unicode.Scalar(value).map { ($0, 12) }
    }

    private static func hexadecimal(_ content: UnsafeBufferPointer<UInt8>, at offset: Int) -> UInt16? {
        guard offset + 6 <= content.count, content[offset] == UInt8(ascii: "\\"),
            content[offset + 1] == UInt8(ascii: "u")
        else { return nil }
        var value: UInt16 = 0
        for index in (offset + 2)..<(offset + 6) {
            guard let digit = Character(Unicode.Scalar(content[index])).hexDigitValue else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }
}
