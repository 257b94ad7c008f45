import Domain

/// The settings of one of the modules with their types, every default applied.
package enum TypedSettings: Equatable, Sendable {
    case linkProtection(LinkProtection.Settings)
    case spamProtection(SpamProtection.Settings)
    case wordFilter(WordFilter.Settings)
    case timedMessages(TimedMessages.Settings)
}

extension ModuleSettings {
    package var typed: TypedSettings {
        switch module {
        case .linkProtection: .linkProtection(LinkProtection.Settings(config))
        case .spamProtection: .spamProtection(SpamProtection.Settings(config))
        case .wordFilter: .wordFilter(WordFilter.Settings(config))
        case .timedMessages: .timedMessages(TimedMessages.Settings(config))
        }
    }

    package var exempt: ExemptRoles { ExemptRoles(exemptRoles) }
}
