import Commands
import Domain

extension Guild: Reversible {
    static func part(_ event: Event, of state: State) -> JSON {
        guard let state else { return nil }
        return ["account_id": .string(state.account.rawValue), "name": .string(state.name)]
    }

    static func compensation(
        for event: Event, before: State, _ wish: ReversalWish
    ) throws(NoInverse) -> Compensation {
        let path = ["guild_id": wish.key]
        guard before != nil else { return Compensation("unmapGuild", path: path) }
        return Compensation("mapGuild", path: path, body: part(event, of: before))
    }
}
