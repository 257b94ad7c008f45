/// The part of an address after the question mark, as browsers write it (WHATWG URL, form-urlencoded).
enum QueryString {
    struct Item: Equatable {
        let name: String
        /// nil: it holds a broken percent escape, or bytes that are not UTF-8.
        let value: String?
    }

    static func items(_ query: String) -> [Item] {
        query.utf8.split(separator: UInt8(ascii: "&")).map { item in
            let name = item.prefix { $0 != UInt8(ascii: "=") }
            let value = item.dropFirst(name.count + 1)
            return Item(name: decoded(name) ?? String(decoding: name, as: UTF8.self), value: decoded(value))
        }
    }

    /// A plus sign is a space.
    private static func decoded(_ text: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init)
    }
}
