import Foundation

/// Where a Redis is and how to get in: `redis://[user:password@]host[:port][/database]`.
package struct RedisURL: Equatable, Sendable {
    package var host: String, port: Int, database: Int
    package var user: String?, password: String?

    package static let form = "redis://[user:password@]host[:port][/database]"

    /// The address is not of the form; the text is not repeated, for it may hold a password.
    package struct Invalid: Error, Equatable, CustomStringConvertible {
        package let reason: String
        package var description: String { "the Redis address \(reason): write \(RedisURL.form)" }
    }

    package init(host: String, port: Int = 6379, database: Int = 0, user: String? = nil, password: String? = nil) {
        (self.host, self.port, self.database) = (host, port, database)
        (self.user, self.password) = (user, password)
    }

    package init(_ text: String) throws(Invalid) {
        let lowercased = text.lowercased()
        guard !lowercased.hasPrefix("rediss://") else { throw Invalid(reason: "asks for TLS, which is not supported") }
        guard lowercased.hasPrefix("redis://") else { throw Invalid(reason: "does not begin with redis://") }
        guard let parts = URLComponents(string: text, encodingInvalidCharacters: false) else {
            throw Invalid(reason: "cannot be read; unusual characters stand there as %XX")
        }
        guard let host = parts.host, !host.isEmpty else { throw Invalid(reason: "names no host") }
        guard parts.query == nil, parts.fragment == nil else { throw Invalid(reason: "ends in something unknown") }
        if let port = parts.port, !(1...65_535).contains(port) { throw Invalid(reason: "has no port from 1 to 65535") }
        self.init(
            // An IPv6 address stands in brackets, which a resolver does not take.
            host: host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host, port: parts.port ?? 6379,
            database: try Self.database(of: parts.path),
            user: parts.user.flatMap { $0.isEmpty ? nil : $0 }, password: parts.password)
    }

    private static func database(of path: String) throws(Invalid) -> Int {
        let name = path.drop { $0 == "/" }
        if name.isEmpty { return 0 }
        guard let number = Int(name), number >= 0, path == "/\(number)" else {
            throw Invalid(reason: "names a database that is no number")
        }
        return number
    }

    /// For people: without the password.
    package var place: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}
