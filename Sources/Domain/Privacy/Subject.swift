/// Whom a personal text is about: it is sealed with a key of its own, and can be erased for this subject alone.
package struct Subject: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case account, user, key, system
    }

    package let kind: Kind, id: String

    package init(_ kind: Kind, _ id: String) {
        (self.kind, self.id) = (kind, id)
    }

    /// - Parameter text: as in `account:acct_1` or `user:42`.
    package init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), let kind = Kind(rawValue: String(text[..<colon])) else {
            return nil
        }
        let id = text[text.index(after: colon)...]
        guard !id.isEmpty, id.utf8.count <= Self.idBytesMax else { return nil }
        self.init(kind, String(id))
    }

    package static let idBytesMax = 256
}

extension Subject: CustomStringConvertible {
    package var description: String { "\(kind.rawValue):\(id)" }
}
