/// What a caller may do; always spelt out, never `resource:*`.
package enum Permission: String, CaseIterable, Sendable {
    case adminAccess = "admin:access"
    case botControlRead = "bot-control:read"
    case botControlEdit = "bot-control:edit"
    case providersRead = "providers:read"
    case providersEdit = "providers:edit"
    case botModulesRead = "bot-modules:read"
    case botModulesEdit = "bot-modules:edit"
    case accountsRead = "accounts:read"
    case accountsEdit = "accounts:edit"
    case auditRead = "audit:read"
    case auditSecurity = "audit:security"
    case webhooksRead = "webhooks:read"
    case webhooksEdit = "webhooks:edit"
    case keysRead = "keys:read"
    case keysEdit = "keys:edit"
    case metricsRead = "metrics:read"
    case projectionsRead = "projections:read"
    case projectionsEdit = "projections:edit"
    case extensionsRead = "extensions:read"
    case extensionsSubmit = "extensions:submit"
    case extensionsReview = "extensions:review"
    case extensionsSuspend = "extensions:suspend"
}

/// Whoever makes a request, once authenticated.
package struct Caller: Equatable, Sendable {
    package let actor: Actor
    /// The account that the caller acts for; nil for operators and systems.
    package let account: AccountID?
    /// A label for people. It authorises nothing.
    package let role: String?
    package let permissions: Set<Permission>
    /// Holds every permission implicitly.
    package let isSystemAdmin: Bool
    /// A program of ours (worker, bot runtime): may use the internal paths.
    package let isSystemKey: Bool

    package init(
        actor: Actor, account: AccountID?, role: String?, permissions: Set<Permission>, isSystemAdmin: Bool,
        isSystemKey: Bool
    ) {
        (self.actor, self.account, self.role) = (actor, account, role)
        (self.permissions, self.isSystemAdmin, self.isSystemKey) = (permissions, isSystemAdmin, isSystemKey)
    }

    package func holds(_ permission: Permission) -> Bool {
        isSystemAdmin || permissions.contains(permission)
    }
}
