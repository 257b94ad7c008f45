/// A command that people call in chat: of one account, or for all accounts.
///
/// An account's command of the same name wins over the global one; it cannot ask for a lower role than that does.
package enum BotCommand {
    package static let descriptionLengthMax = 200
    /// What the shortest of the platforms' messages can hold.
    package static let responseLengthMax = 500
    package static let cooldownSecondsMax = 86_400

    package enum ResponseType: String, CaseIterable, Sendable {
        /// Said as it is written.
        case text
        /// Said with its variables filled in.
        case template
        /// The name of an automation of the product, which answers.
        case automation
    }

    /// All that there is to say of a command besides its name.
    package struct Definition: Equatable, Sendable {
        package var description: String
        package var responseType: ResponseType, response: String
        /// In the product's order, each once, never none.
        package var platforms: [Platform]
        package var minimumRole: CommandRole
        /// Between two calls by anybody in a channel, and between two by the same user.
        package var cooldownSeconds: Int, userCooldownSeconds: Int
        package var enabled: Bool

        package init(
            description: String = "", responseType: ResponseType = .text, response: String,
            platforms: [Platform] = Platform.allCases, minimumRole: CommandRole = .everyone, cooldownSeconds: Int = 0,
            userCooldownSeconds: Int = 0, enabled: Bool = true
        ) {
            (self.description, self.responseType, self.response) = (description, responseType, response)
            self.platforms = Platform.allCases.filter(platforms.contains)
            (self.minimumRole, self.enabled) = (minimumRole, enabled)
            (self.cooldownSeconds, self.userCooldownSeconds) = (cooldownSeconds, userCooldownSeconds)
        }
    }
}

/// Whose a command is.
package enum CommandScope: Hashable, Sendable {
    case global
    case account(AccountID)

    /// What stands for all accounts in keys: no account's id holds it.
    private static let star = "*"

    /// The first half of the key.
    package init(stored half: String) {
        self = half == Self.star ? .global : .account(AccountID(stored: half))
    }

    package var account: AccountID? {
        switch self {
        case .global: nil
        case .account(let id): id
        }
    }

    /// The first half of the key.
    package var key: String { account?.rawValue ?? Self.star }
}
