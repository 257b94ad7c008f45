import Domain

/// A module's settings as they were given, and found to be right: whoever holds one need not check again.
package struct ModuleSettings: Equatable, Sendable {
    package let module: ModuleName
    package let config: JSON
    package let exemptRoles: JSON

    package enum UnknownMembers: Sendable {
        case refused
        /// As in what a newer server has sent: the members that are known hold.
        case ignored
    }

    /// Absent or null is `{}`. Throws every failure of both, at `config.…` and `exempt_roles.…`.
    package init(
        module: ModuleName, config: JSON?, exemptRoles: JSON?, unknownMembers: UnknownMembers = .refused
    ) throws(ValidationFailed) {
        self.module = module
        self.config = Self.given(config)
        self.exemptRoles = Self.given(exemptRoles)
        var failures =
            Shape.failures(of: self.config, with: module.fields, at: "config")
            + Shape.failures(of: self.exemptRoles, with: ExemptRoles.fields, at: "exempt_roles")
        if unknownMembers == .ignored { failures.removeAll { $0.code == ObjectReader.unknownMember } }
        guard failures.isEmpty else { throw ValidationFailed(failures) }
    }

    private static func given(_ json: JSON?) -> JSON {
        json == .null ? .emptyObject : json ?? .emptyObject
    }
}

extension ModuleName {
    var fields: [Field] {
        switch self {
        case .linkProtection: LinkProtection.fields
        case .spamProtection: SpamProtection.fields
        case .wordFilter: WordFilter.fields
        case .timedMessages: TimedMessages.fields
        }
    }
}
