import Commands
import Domain

/// A kind of entity whose events can be taken back, as far as they can.
///
/// An event is about a part of the state: a name, a pause, a flag. To revert it is to give the command that makes this
/// part what it was before, and leaves the others as they are. History stays; the command adds to it.
protocol Reversible: Decider {
    /// What of a state the event is about, as people read it. Equal parts need no reverting.
    static func part(_ event: Event, of state: State) -> JSON

    /// - Parameter before: the state that the event came upon.
    /// - Throws: `NoInverse`
    static func compensation(
        for event: Event, before: State, _ wish: ReversalWish
    ) throws(NoInverse) -> Compensation
}

extension Account: Reversible {
    static func part(_ event: Event, of state: State) -> JSON {
        guard let state else { return nil }
        return switch event {
        case .registered: ["registered": true]
        case .renamed: ["name": .string(state.name)]
        case .planChanged: ["plan": .string(state.plan.rawValue)]
        case .limitsOverridden: ["custom_bot_allowed": state.limit]
        }
    }

    static func compensation(
        for event: Event, before: State, _ wish: ReversalWish
    ) throws(NoInverse) -> Compensation {
        guard let before, event.name != .registered else {
            throw NoInverse("an account that is registered stays so: disconnect its bots, or change its plan")
        }
        return Compensation("changeAccount", path: ["account_id": wish.key], body: part(event, of: before))
    }
}

extension Account.Profile {
    fileprivate var limit: JSON { customBotAllowedOverride.map { .bool($0) } ?? .null }
}

extension Provider: Reversible {
    static func part(_ event: Event, of state: State) -> JSON {
        switch event {
        case .switched(let flag, _, _, _): [flag.member: .bool(state.isOn(flag))]
        case .botIdentityLinked, .botIdentityUnlinked:
            state.botIdentity.map { ["username": .string($0.username), "user_id": .string($0.userID)] } ?? nil
        }
    }

    static func compensation(
        for event: Event, before: State, _ wish: ReversalWish
    ) throws(NoInverse) -> Compensation {
        let path = ["platform": wish.key], old = part(event, of: before)
        switch event {
        case .switched:
            let confirm = wish.confirm.map { [JSON.Member("confirm", .string($0))] } ?? []
            let members = (old.members ?? []) + [.init("reason", .string(wish.note))] + confirm
            return Compensation("switchProvider", path: path, body: .object(members))
        case .botIdentityLinked, .botIdentityUnlinked:
            if old == nil { return Compensation("unlinkBotIdentity", path: path) }
            return Compensation("linkBotIdentity", path: path, body: old)
        }
    }
}

extension Provider.Flag {
    /// As the command has it.
    fileprivate var member: String { self == .platform ? "enabled" : rawValue }
}

extension BotModule: Reversible {
    static func part(_ event: Event, of state: State) -> JSON {
        guard let state else { return nil }
        return [
            "enabled": .bool(state.enabled), "config": state.config.json, "exempt_roles": state.exemptRoles.json,
        ]
    }

    static func compensation(
        for event: Event, before: State, _ wish: ReversalWish
    ) throws(NoInverse) -> Compensation {
        let path = ["module_name": wish.halves("account_id", "module_name")["module_name"] ?? ""]
        guard before != nil else {
            return Compensation("deleteBotModule", path: path, query: wish.accountQuery)
        }
        return Compensation(
            "updateBotModule", path: path, query: wish.accountQuery, body: part(event, of: before))
    }
}

extension JSONText {
    /// What was stored had been checked before.
    var json: JSON { (try? JSONParser.parse(bytes)) ?? .null }
}
