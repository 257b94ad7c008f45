import Commands
import Domain
import Testing

/// What has happened to an entity, for `given(Bot.self, .connected(…)).when(.pause(…)).then(.paused(…))`.
func given<Kind: Decider>(_ kind: Kind.Type, _ events: Kind.Event...) -> Given<Kind> { Given(events: events) }

struct Given<Kind: Decider> {
    let events: [Kind.Event]

    var state: Kind.State { events.reduce(Kind.initial, Kind.evolve) }

    func when(_ command: Kind.Command) -> When<Kind> {
        let state = state
        return When(decision: Result { () throws(Refusal) in try Kind.decide(command, in: state) })
    }
}

struct When<Kind: Decider> {
    let decision: Result<[Kind.Event], Refusal>

    /// Nothing at all when no event is named.
    func then(_ events: Kind.Event..., location: SourceLocation = #_sourceLocation) {
        #expect(decision == .success(events), sourceLocation: location)
    }

    func thenRefused(_ code: Refusal.Code, location: SourceLocation = #_sourceLocation) {
        guard case .failure(let refusal) = decision else {
            Issue.record("not refused: \(decision)", sourceLocation: location)
            return
        }
        #expect(refusal.code == code, sourceLocation: location)
    }
}
