import Domain

extension Guild: Decider {
    /// nil while the guild is nobody's.
    package typealias State = Mapping?

    package struct Mapping: Equatable, Sendable {
        package let account: AccountID, name: String
    }

    package enum Command: Equatable, Sendable {
        case map(AccountID, name: String)
        /// - Parameter account: the only one whose guild it may be; nil for an operator.
        case unmap(of: AccountID?)
    }

    package static let initial: State = nil

    package static func evolve(_ state: State, _ event: Event) -> State {
        switch event {
        case .mapped(let account, let name): Mapping(account: account, name: name)
        case .unmapped: nil
        }
    }

    package static func decide(_ command: Command, in state: State) throws(Refusal) -> [Event] {
        switch command {
        case .map(let account, let name):
            guard state == nil || state?.account == account else {
                // Whose it is, is not said: the caller may be a stranger.
                throw Refusal(
                    .guildMapped,
                    "the guild belongs to another account: its mapping has to be deleted before it can be given away")
            }
            return state?.name == name ? [] : [.mapped(account: account, name: name)]
        case .unmap(let account):
            guard let state else { return [] }
            guard account == nil || account == state.account else {
                throw Refusal(.guildNotFound, "you have no such guild: check its id")
            }
            return [.unmapped]
        }
    }
}
