/// Hosts that are numbers, as browsers read them (WHATWG URL, "IPv4 parser" and "IPv6 parser").
enum NumericHost {
    /// Whether the last label is a number, so that it is an IPv4 address or nothing.
    static func endsInNumber(_ host: Substring) -> Bool {
        guard let last = host.split(separator: ".").last else { return false }
        return number(last) != nil || last.utf8.allSatisfy { isDigit($0) }
    }

    /// One to four numbers: decimal, octal after `0`, hexadecimal after `0x`; the last one fills what is left.
    static func isIPv4(_ host: Substring) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap(number)
        guard (1...4).contains(parts.count), numbers.count == parts.count, let last = numbers.last else { return false }
        return numbers.dropLast().allSatisfy { $0 < 256 } && last < UInt64(1) << UInt64(8 * (5 - parts.count))
    }

    /// Four decimal numbers, which is how people write an address.
    static func isDotted(_ host: Substring) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { $0.utf8.count <= 3 && $0.utf8.allSatisfy { isDigit($0) } && UInt8($0) != nil }
    }

    /// What stands between the brackets.
    static func isIPv6(_ text: Substring) -> Bool {
        let address = text.prefix { $0 != "%" }
        let halves = address.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard (3...9).contains(halves.count), address.utf8.count <= 45 else { return false }
        return halves.allSatisfy { group in
            group.count <= 4 && group.allSatisfy { isHexDigit($0) } || isDotted(Substring(group))
        }
    }

    private static func number(_ part: Substring) -> UInt64? {
        guard part.utf8.count <= 16, let first = part.utf8.first, isDigit(first) else { return nil }
        if part.hasPrefix("0x") || part.hasPrefix("0X") {
            return part.utf8.count == 2 ? 0 : UInt64(part.dropFirst(2), radix: 16)
        }
        return part.utf8.count > 1 && part.first == "0" ? UInt64(part, radix: 8) : UInt64(part)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
