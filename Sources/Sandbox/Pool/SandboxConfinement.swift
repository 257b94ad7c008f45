import CSandbox

/// What keeps a child from everything but its socket, as far as this kernel has granted it.
package struct SandboxConfinement: Equatable, Sendable, CustomStringConvertible {
    /// Limits of resources; no new privileges; a filter of system calls; a network of its own, with nothing in it.
    package let hasLimits: Bool, hasNoNewPrivileges: Bool, hasFilter: Bool, hasNoNetwork: Bool

    init(grants: UInt64) {
        let has = { (grant: csandbox_grant) in grants & UInt64(grant.rawValue) != 0 }
        hasLimits = has(CSANDBOX_LIMITS)
        hasNoNewPrivileges = has(CSANDBOX_NO_NEW_PRIVILEGES)
        hasFilter = has(CSANDBOX_FILTER)
        hasNoNetwork = hasFilter || has(CSANDBOX_NO_NETWORK)
    }

    package var description: String {
        var missing: [String] = []
        if !hasLimits { missing.append("limits of resources") }
        if !hasNoNewPrivileges { missing.append("no new privileges") }
        if !hasFilter { missing.append("a filter of system calls") }
        if !hasNoNetwork { missing.append("a network of its own") }
        guard !missing.isEmpty else { return "extensions run without files, network and privileges" }
        return "this kernel does not grant extensions' processes \(missing.joined(separator: ", "))"
    }
}
