import Commands
import Domain

extension Extension: Reversible {
    static func part(_ event: Event, of state: State) -> JSON {
        guard let state else { return nil }
        return switch event {
        case .submitted, .reviewed: nil
        case .published: ["version": state.published.map { .string($0) } ?? .null]
        case .suspended, .reinstated: ["suspended": .bool(state.isSuspended)]
        }
    }

    static func compensation(
        for event: Event, before: State, _ wish: ReversalWish
    ) throws(NoInverse) -> Compensation {
        let path = ["extension_id": wish.key]
        switch event {
        case .submitted: throw NoInverse("what was submitted stays submitted: reject it in its review")
        case .reviewed: throw NoInverse("what a reviewer has said stays said: suspend the extension, or review anew")
        case .published:
            guard let version = before?.published else {
                throw NoInverse("no version was offered before it: suspend the extension to take it out of use")
            }
            return Compensation("publishExtension", path: path.merging(["version": version]) { $1 })
        case .suspended: return Compensation("reinstateExtension", path: path, body: wish.saying())
        case .reinstated: return Compensation("suspendExtension", path: path, body: wish.saying())
        }
    }
}
