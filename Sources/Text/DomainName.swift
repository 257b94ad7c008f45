/// An entry of a domain list in its normal form: a host, and the path below which alone it counts, if it has one.
///
/// Scheme, userinfo, port, `www.` and a last dot or slash are left out: `HTTPS://www.Twitch.tv:443/` is `twitch.tv`.
package struct DomainName: Hashable, Sendable {
    package let host: HostName
    /// It begins with a slash and does not end with one: `/c/lumio`.
    package let pathPrefix: String?

    package init(_ entry: String) throws(DomainNameError) {
        let address = Self.withoutScheme(Self.trimmed(entry[...]))
        let authority = address.prefix { !"/\\?#".contains($0) }
        host = try Self.host(Self.withoutUserAndPort(authority))
        pathPrefix = try Self.path(address[authority.endIndex...])
    }

    package var isPublicSuffix: Bool { host.isPublicSuffix }

    package var hasKnownSuffix: Bool { host.hasKnownSuffix }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop(while: \.isWhitespace)
        let length = start.reversed().drop(while: \.isWhitespace).count
        return start.prefix(length)
    }

    private static func withoutScheme(_ text: Substring) -> Substring {
        let scheme = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
        let rest = text[scheme.endIndex...]
        if rest.hasPrefix("://") { return rest.dropFirst(3) }
        return scheme.isEmpty && rest.hasPrefix("//") ? rest.dropFirst(2) : text
    }

    private static func withoutUserAndPort(_ authority: Substring) -> Substring {
        let place = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        guard let colon = place.lastIndex(of: ":") else { return place }
        let port = place[place.index(after: colon)...]
        let isPort = port.isEmpty || (UInt16(port) != nil && port.first != "+")
        return isPort ? place[..<colon] : place
    }

    private static func host(_ text: Substring) throws(DomainNameError) -> HostName {
        if text.hasPrefix("*.") { throw .wildcard(below: try host(text.drop { "*.".contains($0) })) }
        guard let host = HostName(String(text)) else { throw .notAHost(String(text)) }
        if host.isIPv4 { return host }
        if host.isPublicSuffix { throw .publicSuffix(host) }
        guard host.hasKnownSuffix else { throw .unknownSuffix(host) }
        return withoutWWW(host)
    }

    /// `www.co.uk` is somebody's domain, `www.` no prefix there.
    private static func withoutWWW(_ host: HostName) -> HostName {
        guard host.name.hasPrefix("www."), let rest = HostName(String(host.name.dropFirst(4))), !rest.isPublicSuffix
        else { return host }
        return rest
    }

    private static func path(_ text: Substring) throws(DomainNameError) -> String? {
        let segments = text.split(separator: "/", omittingEmptySubsequences: false)
        guard !text.contains(where: { "\\?#".contains($0) || $0.isWhitespace }), !segments.contains("..") else {
            throw .notAPath(String(text))
        }
        let length = text.reversed().drop { $0 == "/" }.count
        return length == 0 ? nil : String(text.prefix(length))
    }
}

extension DomainName: CustomStringConvertible {
    package var description: String { host.name + (pathPrefix ?? "") }
}
