import Domain

/// Somebody whom a browser stands for, or a link that lets a browser in once.
package struct Session: Equatable, Sendable {
    /// What showed who it is. It ends with it.
    package enum Origin: Equatable, Sendable {
        case key(id: String)
        /// nil for tokens without an id, which cannot be revoked.
        case token(id: String?)
        /// The server itself let somebody in.
        case server
    }

    package enum Kind: String, Sendable {
        case link, browser
    }

    package let kind: Kind
    package let caller: Caller
    package let origin: Origin
    package let createdAt: Timestamp, expiresAt: Timestamp

    package init(kind: Kind, caller: Caller, origin: Origin, createdAt: Timestamp, expiresAt: Timestamp) {
        (self.kind, self.caller, self.origin) = (kind, caller, origin)
        (self.createdAt, self.expiresAt) = (createdAt, expiresAt)
    }
}
