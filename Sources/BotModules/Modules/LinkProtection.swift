import Domain
import Text

/// Messages with links, but for those to listed domains.
package enum LinkProtection {
    package struct Settings: Equatable, Sendable {
        package let enforcement: Enforcement
        /// A message passes when every link of it falls under one of these.
        package let whitelistDomains: [DomainName]

        init(_ config: JSON) {
            enforcement = Enforcement(config)
            whitelistDomains = config[LinkProtection.whitelistDomains]
        }
    }

    static let fields = Enforcement.fields + [whitelistDomains.field]

    private static let whitelistDomains = Setting<[DomainName]>.list(
        "whitelist_domains", of: .text(lengthMax: 500, rule: .domain), countMax: 500,
        "Domains whose links pass, subdomains included; a path after one narrows it. Public suffixes are refused."
    ) { $0.string.flatMap { try? DomainName($0) } }
}
