import Domain

extension Account: Decider {
    /// nil until the account is registered.
    package typealias State = Profile?

    package struct Profile: Equatable, Sendable {
        package var name: String
        package var plan: Plan
        /// The account's own limit; nil when the plan's holds.
        package var customBotAllowedOverride: Bool?

        /// May the account use bot modules?
        package var customBotAllowed: Bool { customBotAllowedOverride ?? plan.customBotAllowed }
    }

    package enum Command: Equatable, Sendable {
        case register(name: String, plan: Plan, customBotAllowed: Bool?)
        /// Members that are nil stay as they are.
        case change(name: String?, plan: Plan?, customBotAllowed: Limit?)
    }

    /// An account's own limit: set to allow or forbid, or left to the plan.
    package enum Limit: Equatable, Sendable {
        case own(Bool), plan

        package init(_ value: Bool?) { self = value.map(Limit.own) ?? .plan }

        package var value: Bool? { if case .own(let value) = self { value } else { nil } }
    }

    package static let initial: State = nil

    package static func evolve(_ state: State, _ event: Event) -> State {
        var next = state
        switch event {
        case .registered(let name, let plan, let customBotAllowed):
            next = Profile(name: name, plan: plan, customBotAllowedOverride: customBotAllowed)
        case .renamed(let name): next?.name = name
        case .planChanged(let plan): next?.plan = plan
        case .limitsOverridden(let customBotAllowed): next?.customBotAllowedOverride = customBotAllowed
        }
        return next
    }

    package static func decide(_ command: Command, in state: State) throws(Refusal) -> [Event] {
        switch (command, state) {
        case (.register(let name, let plan, let customBotAllowed), nil):
            return [.registered(name: name, plan: plan, customBotAllowed: customBotAllowed)]
        case (.register(let name, let plan, let customBotAllowed), let state?):
            let wanted = Profile(name: name, plan: plan, customBotAllowedOverride: customBotAllowed)
            guard wanted == state else {
                throw Refusal(.alreadyExists, "the account is registered with other values: change them with PATCH")
            }
            return []
        case (.change, nil): throw Refusal(.accountNotFound, "there is no such account: register it first")
        case (.change(let name, let plan, let limit), let state?):
            return changes(name: name, plan: plan, limit: limit, in: state)
        }
    }

    private static func changes(name: String?, plan: Plan?, limit: Limit?, in state: Profile) -> [Event] {
        var events: [Event] = []
        if let name, name != state.name { events.append(.renamed(name: name)) }
        if let plan, plan != state.plan { events.append(.planChanged(plan: plan)) }
        if let limit, limit.value != state.customBotAllowedOverride {
            events.append(.limitsOverridden(customBotAllowed: limit.value))
        }
        return events
    }
}
