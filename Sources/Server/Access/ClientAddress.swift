import Foundation

/// Whom a network address stands for: an IPv4 address, or the /64 of an IPv6 one, which is a single household's.
package struct ClientAddress: Hashable, Sendable, CustomStringConvertible {
    private let bytes: [UInt8]

    /// - Parameter text: as in `192.0.2.1` or `2001:db8::1%eth0`; what is no address stands for itself.
    package init(_ text: String) {
        let plain = String(text.prefix { $0 != "%" })
        var four = in_addr(), six = in6_addr()
        if inet_pton(AF_INET, plain, &four) == 1 {
            bytes = withUnsafeBytes(of: four, Array.init)
        } else if inet_pton(AF_INET6, plain, &six) == 1 {
            bytes = Self.shortened(withUnsafeBytes(of: six, Array.init))
        } else {
            bytes = Array(text.utf8.prefix(64))
        }
    }

    /// `192.0.2.1`, or `2001:db8:0:1::/64`.
    package var description: String {
        guard bytes.count == 4 || bytes.count == 8 else { return String(decoding: bytes, as: UTF8.self) }
        let whole = bytes.count == 4 ? bytes : bytes + [UInt8](repeating: 0, count: 8)
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        _ = whole.withUnsafeBytes { inet_ntop(family, $0.baseAddress, &text, socklen_t(text.count)) }
        let address = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return bytes.count == 4 ? address : address + "/64"
    }

    /// `::ffff:192.0.2.1` is the IPv4 address that it holds (RFC 4291, section 2.5.5.2).
    private static func shortened(_ address: [UInt8]) -> [UInt8] {
        let isMapped = address.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        return Array(isMapped ? address.suffix(4) : address.prefix(8))
    }
}
