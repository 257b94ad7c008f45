import Domain

/// The rules of one kind of entity: what its history means, and what a command makes of it.
///
/// Three pure functions and no more; a decision that finds everything as it should be returns no events.
package protocol Decider {
    associatedtype Event: DomainEvent
    associatedtype State: Sendable
    associatedtype Command: Sendable

    static var initial: State { get }

    static func evolve(_ state: State, _ event: Event) -> State

    static func decide(_ command: Command, in state: State) throws(Refusal) -> [Event]
}
