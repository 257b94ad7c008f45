import Domain
import EventStore
import Projections

/// What an event has changed: its entity before and after, by the same fold as the read models'.
enum EventChanges {
    /// - Returns: nil for a history that no read model takes.
    static func of(_ event: JSON, _ journal: Journal) throws -> [View]? {
        guard let stream = event["stream"]?.string.flatMap({ StreamID(name: $0) }),
            let position = event["position"]?.integer
        else { return nil }
        let events = try journal.readStream(stream, from: 0).filter { $0.position <= position }
        guard let before = try? document(events.dropLast()), let after = try? document(events[...]) else { return nil }
        return JSONDifference.between(before, after).map(\.view)
    }

    /// null when there is none.
    private static func document(_ events: ArraySlice<RecordedEvent>) throws -> JSON {
        guard !events.isEmpty, let bytes = try StreamState.document(of: Array(events)) else { return .null }
        return try JSONParser.parse(bytes)
    }
}
