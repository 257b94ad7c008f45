import Domain
import Text

extension LinkProtection {
    /// Link protection, ready to look at messages.
    final class Judge: Sendable {
        let settings: Settings
        let exempt: ExemptRoles
        /// By host, so that a message of links costs no more with a long list.
        private let domains: [String: [DomainName]]

        init(_ settings: Settings, _ exempt: ExemptRoles) {
            (self.settings, self.exempt) = (settings, exempt)
            domains = Dictionary(grouping: settings.whitelistDomains, by: \.host.name)
        }

        func hit(_ text: JudgedText) -> Hit? {
            if let link = text.links.first(where: { !isListed($0) }) { return hit(link, text.match(link.range)) }
            return text.displayed.flatMap { displayed in
                LinkFinder.links(in: displayed).first { !isListed($0) }.map { hit($0, text.whole) }
            }
        }

        private func hit(_ link: Link, _ match: Verdict.Match) -> Hit {
            let place = link.host?.name ?? "an address"
            return Hit(rule: .whitelistDomains, match: match, reason: "a link to \(place), which is not listed")
        }

        private func isListed(_ link: Link) -> Bool {
            guard !domains.isEmpty, var rest = link.host?.name[...] else { return false }
            while true {
                if let entries = domains[String(rest)], entries.contains(where: link.isUnder) { return true }
                guard let dot = rest.firstIndex(of: ".") else { return false }
                rest = rest[rest.index(after: dot)...]
            }
        }
    }
}
