import Domain

/// A long-lived credential of a user or of one of our programs. Its secret is known to its owner alone.
package struct APIKey: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case user, system
    }

    package enum State: String, Sendable {
        case active, expired, revoked
    }

    package let id: String
    package let kind: Kind
    package let name: String
    /// The account that the key acts for; nil for operators and systems.
    package let account: AccountID?
    /// A label for people. It authorises nothing.
    package let role: String?
    package let permissions: Set<Permission>
    package let createdAt: Timestamp
    /// The actor's id.
    package let createdBy: String
    package let expiresAt: Timestamp?
    package internal(set) var revokedAt: Timestamp?
    /// Accurate to a minute.
    package internal(set) var lastUsedAt: Timestamp?

    package func state(at now: Timestamp) -> State {
        if revokedAt != nil { return .revoked }
        if let expiresAt, expiresAt <= now { return .expired }
        return .active
    }

    /// The moment from which on it is of no use; nil while there is none.
    var endedAt: Timestamp? {
        switch (revokedAt, expiresAt) {
        case (let revoked?, let expires?): min(revoked, expires)
        case (let revoked, let expires): revoked ?? expires
        }
    }
}

/// What a key is to be. A key never makes its holder a system admin.
package struct NewAPIKey: Equatable, Sendable {
    package var kind: APIKey.Kind
    package var name: String
    package var account: AccountID?
    package var role: String?
    package var permissions: Set<Permission>
    package var createdBy: String
    package var expiresAt: Timestamp?

    package init(
        kind: APIKey.Kind, name: String, account: AccountID? = nil, role: String? = nil,
        permissions: Set<Permission>, createdBy: String, expiresAt: Timestamp? = nil
    ) {
        (self.kind, self.name, self.account, self.role) = (kind, name, account, role)
        (self.permissions, self.createdBy, self.expiresAt) = (permissions, createdBy, expiresAt)
    }
}

/// One page of a list of keys, the newest first.
package struct APIKeyPage: Equatable, Sendable {
    package let keys: [APIKey]
    /// All of them, on every page.
    package let total: Int
}

/// The SHA-256 of a key's secret: all that is kept of it.
package struct KeyDigest: Hashable, Sendable {
    package let bytes: [UInt8]

    /// nil unless there are 32 bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }
}
