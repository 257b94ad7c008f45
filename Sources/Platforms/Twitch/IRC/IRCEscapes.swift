/// The escapes in the values of tags (IRCv3 "Message Tags").
enum IRCEscapes {
    /// An escape that nobody defined stands for its letter; a backslash at the end for nothing.
    static func decode(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(UInt8(ascii: "\\")) else { return String(decoding: bytes, as: UTF8.self) }
        var output: [UInt8] = [], rest = bytes
        output.reserveCapacity(bytes.count)
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                output.append(byte)
                continue
            }
            if let letter = rest.popFirst() { output.append(meaning(of: letter)) }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func meaning(of letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: ":"): UInt8(ascii: ";")
        case UInt8(ascii: "s"): UInt8(ascii: " ")
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "n"): 0x0A
        default: letter
        }
    }
}
