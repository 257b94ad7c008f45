import Domain
import EventStore

/// An entity around one of its events: as it was before, as the event left it, and as it is now.
package struct Course<Kind: Decider>: Sendable {
    package let event: Kind.Event
    package let before: Kind.State, after: Kind.State, now: Kind.State
    /// Of the stream's last event.
    package let revision: Int
    /// Where, after the event, the part that it is about became another; the newest, at most `changesMax` of them.
    package let changes: [Int]

    package static var changesMax: Int { 20 }
}

extension CommandHandler {
    private static let batch = 1000

    /// Folds the event's stream up to it, and from it on to the stream's end.
    ///
    /// - Parameter part: what of a state the event is about.
    package func course<Kind: Decider, Part: Equatable>(
        of recorded: RecordedEvent, in kind: Kind.Type, part: (Kind.Event, Kind.State) -> Part
    ) throws -> Course<Kind> {
        let event = try Self.decode(recorded, Kind.Event.self)
        var state = Kind.initial, before = Kind.initial, after = Kind.initial
        var revision = -1, changes: [Int] = []
        while true {
            let events = try journal.readStream(recorded.stream, from: revision + 1, limit: Self.batch)
            for next in events {
                if next.revision == recorded.revision { before = state }
                let last = next.revision > recorded.revision ? part(event, state) : nil
                state = Kind.evolve(state, try Self.decode(next, Kind.Event.self))
                if next.revision == recorded.revision { after = state }
                if let last, part(event, state) != last { changes.append(next.position) }
                revision = next.revision
            }
            changes = changes.suffix(Course<Kind>.changesMax)
            if events.count < Self.batch { break }
        }
        return Course(
            event: event, before: before, after: after, now: state, revision: revision, changes: changes)
    }
}
