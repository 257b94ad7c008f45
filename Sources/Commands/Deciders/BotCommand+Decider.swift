import Domain

extension BotCommand: Decider {
    /// nil while there is no such command.
    package typealias State = Definition?

    package enum Command: Equatable, Sendable {
        case upsert(Definition)
        case delete
    }

    package static let initial: State = nil

    package static func evolve(_ state: State, _ event: Event) -> State {
        switch event {
        case .upserted(let definition): definition
        case .deleted: nil
        }
    }

    package static func decide(_ command: Command, in state: State) -> [Event] {
        switch command {
        case .upsert(let definition): definition == state ? [] : [.upserted(definition)]
        case .delete: state == nil ? [] : [.deleted]
        }
    }
}
