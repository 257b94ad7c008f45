import Foundation

/// An address of the Internet Protocol, version 4 or 6.
struct NetworkAddress: Hashable, Sendable, CustomStringConvertible {
    /// Four of them, or sixteen.
    let bytes: [UInt8]

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    init?(_ text: String) {
        var four = in_addr(), six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: &four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            bytes = withUnsafeBytes(of: &six) { Array($0) }
        } else {
            return nil
        }
    }

    var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        _ = bytes.withUnsafeBytes { inet_ntop(family, $0.baseAddress, &text, socklen_t(text.count)) }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// Whether it is one of the whole Internet: not of this host, this network, a private or a special one (IANA,
    /// "IPv4/IPv6 Special-Purpose Address Registry"). What carries an IPv4 address within is as public as that.
    var isPublic: Bool {
        guard bytes.count == 16 else { return !Self.special4.contains { $0.covers(bytes) } }
        if let inner = embedded { return inner.isPublic }
        return Self.global6.covers(bytes) && !Self.special6.contains { $0.covers(bytes) }
    }

    /// Of IPv4-mapped, IPv4-compatible, translated (RFC 6052, RFC 8215) and 6to4 addresses.
    private var embedded: NetworkAddress? {
        for (block, start) in Self.carriers where block.covers(bytes) {
            return NetworkAddress(bytes: Array(bytes[start..<(start + 4)]))
        }
        return nil
    }

    private struct Block: Sendable {
        let bytes: [UInt8], bits: Int

        init(_ text: String, _ bits: Int) {
            (bytes, self.bits) = (NetworkAddress(text)?.bytes ?? [], bits)
        }

        func covers(_ address: [UInt8]) -> Bool {
            guard address.count == bytes.count else { return false }
            let whole = bits / 8, rest = bits % 8
            guard address[..<whole] == bytes[..<whole] else { return false }
            return rest == 0 || (address[whole] ^ bytes[whole]) >> (8 - rest) == 0
        }
    }

    private static let special4: [Block] = [
        Block("0.0.0.0", 8), Block("10.0.0.0", 8), Block("100.64.0.0", 10), Block("127.0.0.0", 8),
        Block("169.254.0.0", 16), Block("172.16.0.0", 12), Block("192.0.0.0", 24), Block("192.0.2.0", 24),
        Block("192.88.99.0", 24), Block("192.168.0.0", 16), Block("198.18.0.0", 15), Block("198.51.100.0", 24),
        Block("203.0.113.0", 24), Block("224.0.0.0", 4), Block("240.0.0.0", 4),
    ]

    private static let global6 = Block("2000::", 3)

    private static let special6: [Block] = [
        Block("2001::", 23), Block("2001:db8::", 32), Block("3fff::", 20), Block("5f00::", 16),
    ]

    /// With the place of the address that they carry. The mapped ones come before those that hold them, too.
    private static let carriers: [(Block, start: Int)] = [
        (Block("::ffff:0:0", 96), 12), (Block("::ffff:0:0:0", 96), 12), (Block("64:ff9b::", 96), 12),
        (Block("2002::", 16), 2),
    ]
}
