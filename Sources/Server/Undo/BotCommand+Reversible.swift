import Commands
import Domain

extension BotCommand: Reversible {
    static func part(_ event: Event, of state: State) -> JSON {
        guard let state else { return nil }
        var writer = JSONWriter()
        writer.object { state.encode(into: &$0) }
        let members = (try? JSONParser.parse(writer.bytes))?.members ?? []
        // Nothing said is not an empty text.
        return .object(members.filter { $0.name != "description" || $0.value != "" })
    }

    static func compensation(
        for event: Event, before: State, _ wish: ReversalWish
    ) throws(NoInverse) -> Compensation {
        let name = wish.halves("account_id", "name")["name"] ?? ""
        let verb = before == nil ? "delete" : "update", body = before.map { part(event, of: $0) }
        guard wish.account != nil else {
            return Compensation("\(verb)GlobalCommand", path: ["name": name], body: body)
        }
        return Compensation("\(verb)BotCommand", path: ["name": name], query: wish.accountQuery, body: body)
    }
}
