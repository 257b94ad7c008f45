/// An address in running text.
package struct Link: Equatable, Sendable {
    /// In UTF-8 bytes of the text as it was written.
    package let range: Range<Int>
    /// Nil when it leads somewhere that no list of domains can name: an IPv6 address, an emoji domain.
    package let host: HostName?
    /// As it was written, from its slash on; empty when there is none.
    package let path: String
}

extension Link {
    /// Whether it leads to the domain or a subdomain of it and, if the entry has a path, to that or below.
    package func isUnder(_ domain: DomainName) -> Bool {
        guard let host, host.name == domain.host.name || host.isSubdomain(of: domain.host) else { return false }
        guard let prefix = domain.pathPrefix else { return true }
        return Self.segments(path).starts(with: Self.segments(prefix))
    }

    /// Without `.` and empty ones, and with `..` and percent-encoding carried out: what a server is asked for.
    private static func segments(_ path: String) -> [String] {
        var segments: [String] = []
        let end = path.firstIndex { $0 == "?" || $0 == "#" } ?? path.endIndex
        for segment in path[..<end].split(whereSeparator: { $0 == "/" || $0 == "\\" }) {
            switch PercentEncoding.decoded(segment.utf8) ?? String(segment) {
            case ".": break
            case "..": _ = segments.popLast()
            case let other: segments.append(other)
            }
        }
        return segments
    }
}

extension HostName {
    func isSubdomain(of domain: HostName) -> Bool {
        let (name, end) = (name.utf8, domain.name.utf8)
        return !domain.isIPv4 && name.count > end.count && name.reversed().starts(with: end.reversed())
            && name.dropLast(end.count).last == UInt8(ascii: ".")
    }
}
