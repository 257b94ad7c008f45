import Domain

/// Where the requests of extensions may go.
package struct EgressRules: Sendable {
    package static let bodyBytesMax = 256 * 1024
    package static let responseBytesMax = 4 << 20
    package static let timeout = Duration.seconds(30)

    /// For tests: names may lead to this very host, and without TLS.
    package var allowsLoopback = false

    package init(allowsLoopback: Bool = false) {
        self.allowsLoopback = allowsLoopback
    }

    func allows(_ address: NetworkAddress) -> Bool {
        address.isPublic || allowsLoopback && address.isLoopback
    }

    func allows(scheme: String) -> Bool { scheme == "https" || allowsLoopback && scheme == "http" }
}

extension Egress {
    /// - Parameter host: in lower case.
    func allows(host: String) -> Bool {
        allowHosts.contains { rule in
            guard rule.hasPrefix("*.") else { return rule == host }
            // One label, not several, and not none.
            guard let dot = host.firstIndex(of: "."), dot != host.startIndex else { return false }
            return host[host.index(after: dot)...] == rule.dropFirst(2)
        }
    }

    func allows(port: Int) -> Bool { allowPorts.contains(port) }
}
