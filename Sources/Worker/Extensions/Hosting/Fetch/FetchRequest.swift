import Domain
import Foundation

/// A request as a script wants it, checked: nothing of its address is anybody's guess any more.
struct FetchRequest: Equatable, Sendable {
    enum Method: String, CaseIterable, Sendable { case GET, HEAD, POST, PUT, PATCH, DELETE }

    struct Header: Equatable, Sendable {
        let name: String, value: String
    }

    static let addressBytesMax = 8_192
    static let headersMax = 32, headerBytesMax = 8_192

    let method: Method
    let scheme: String, host: String, port: Int
    /// With the query, beginning with a slash.
    let path: String
    let headers: [Header]
    let body: [UInt8]

    struct Refused: Error, Equatable, CustomStringConvertible {
        let description: String

        init(_ description: String) {
            self.description = description
        }
    }

    /// - Parameter arguments: of `fetch(url, {method, headers, body})`.
    init(_ arguments: [JSON], to egress: Egress, rules: EgressRules) throws(Refused) {
        guard case .string(let address)? = arguments.first else { throw Refused("fetch wants an address as a text") }
        let options = arguments.count > 1 && arguments[1] != .null ? arguments[1] : .emptyObject
        var reader = ObjectReader(options)
        let method = reader.choice("method", of: Method.self) ?? .GET
        let headers = reader.value("headers")
        let body = reader.string("body", lengthMax: EgressRules.bodyBytesMax)
        do {
            try reader.finish()
        } catch {
            throw Refused("fetch: \(error)")
        }
        self.method = method
        self.body = Array((body ?? "").utf8)
        guard self.body.count <= EgressRules.bodyBytesMax else {
            throw Refused("a body has at most \(EgressRules.bodyBytesMax) bytes; this one has \(self.body.count)")
        }
        guard self.body.isEmpty || method != .GET && method != .HEAD else {
            throw Refused("a \(method.rawValue) has no body")
        }
        self.headers = try Self.headers(headers)
        (scheme, host, port, path) = try Self.address(address, rules)
        guard egress.allows(host: host) else {
            throw Refused("\(host) is not among the hosts that the manifest allows (egress.allowHosts)")
        }
        guard egress.allows(port: port) else {
            throw Refused("port \(port) is not among those that the manifest allows (egress.allowPorts)")
        }
    }

    static let postBytesMax = 8 << 20

    /// A message of the product's own, to an address that somebody has registered.
    init(
        posting body: [UInt8], to address: String, headers: [(name: String, value: String)], rules: EgressRules
    ) throws(Refused) {
        guard body.count <= Self.postBytesMax else {
            throw Refused("a message has at most \(Self.postBytesMax) bytes; this one has \(body.count)")
        }
        (scheme, host, port, path) = try Self.address(address, rules)
        method = .POST
        (self.body, self.headers) = (body, headers.map { Header(name: $0.name, value: $0.value) })
    }

    /// Made of the parts that were checked, so that nobody reads it in another way.
    var url: String { "\(scheme)://\(authority)\(path)" }

    var authority: String { port == (scheme == "https" ? 443 : 80) ? host : "\(host):\(port)" }

    private static func address(
        _ text: String, _ rules: EgressRules
    ) throws(Refused) -> (scheme: String, host: String, port: Int, path: String) {
        guard text.utf8.count <= addressBytesMax, let parts = URLComponents(string: text),
            let scheme = parts.scheme?.lowercased(), let host = parts.host?.lowercased(), !host.isEmpty
        else { throw Refused("fetch wants a whole address, such as https://api.example.com/points") }
        guard rules.allows(scheme: scheme) else { throw Refused("only https is fetched, not \(scheme)") }
        guard parts.user == nil, parts.password == nil else {
            throw Refused("an address must not hold a name or a password: send them as a header")
        }
        guard isName(host) else {
            throw Refused("an address must name its host by letters: no address of a network, no other script")
        }
        let query = parts.percentEncodedQuery.map { "?\($0)" } ?? ""
        let path = parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath
        return (scheme, host, parts.port ?? (scheme == "https" ? 443 : 80), path + query)
    }

    /// Labels of letters, digits, hyphens and underscores; the last is no number, or it could be an address.
    private static func isName(_ host: String) -> Bool {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard host.utf8.count <= 253, let last = labels.last, NetworkAddress(host) == nil else { return false }
        let isPlain = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count)
                && label.unicodeScalars.allSatisfy { $0.isASCII && ($0.properties.isAlphabetic || isSign($0)) }
        }
        return isPlain && last.unicodeScalars.contains { $0.properties.isAlphabetic } && !last.hasPrefix("0x")
    }

    private static func isSign(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar) || "-_".contains(Character(scalar))
    }

    /// Those that say how a request travels are the host's.
    private static let reserved: Set<String> = [
        "connection", "content-length", "expect", "host", "http2-settings", "keep-alive", "proxy-authorization",
        "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "via",
    ]

    private static func headers(_ json: JSON?) throws(Refused) -> [Header] {
        guard let members = (json ?? .emptyObject).members else {
            throw Refused("headers must be an object of names and texts")
        }
        var headers: [Header] = [], sizeBytes = 0
        for member in members {
            guard case .string(let value) = member.value else {
                throw Refused("the header \(member.name.prefix(64)) must be a text")
            }
            let isToken = !member.name.isEmpty && member.name.utf8.allSatisfy { tokenBytes.contains($0) }
            guard isToken, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 9 }) else {
                throw Refused("the header \(member.name.prefix(64)) holds what no header may hold")
            }
            guard !reserved.contains(member.name.lowercased()), !member.name.lowercased().hasPrefix("proxy-") else {
                throw Refused("the header \(member.name) is not yours to set")
            }
            sizeBytes += member.name.utf8.count + value.utf8.count
            headers.append(Header(name: member.name, value: value))
        }
        guard headers.count <= headersMax, sizeBytes <= headerBytesMax else {
            throw Refused("a request has at most \(headersMax) headers of \(headerBytesMax) bytes together")
        }
        return headers
    }

    private static let tokenBytes = Set(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
}
