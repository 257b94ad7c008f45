/// Why a text is no entry of a domain list.
package enum DomainNameError: Error, Equatable, Sendable {
    case notAHost(String)
    case notAPath(String)
    case wildcard(below: HostName)
    case unknownSuffix(HostName)
    case publicSuffix(HostName)
}

extension DomainNameError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notAHost: "is not a domain: write it as in example.com"
        case .notAPath: "has a path that cannot be compared: write it without query, fragment, spaces and .. segments"
        case .wildcard(let domain): "must not begin with a wildcard: write \(domain), its subdomains are included"
        case .unknownSuffix(let host):
            "ends in \(host.lastLabel), which is not a top-level domain: write it as in example.com"
        case .publicSuffix(let host):
            "is a public suffix, below which anybody may register a name: write one of those, as in example.\(host)"
        }
    }
}
