import Domain
import EventStore

/// Makes the personal text about a subject unreadable for ever: an event first, and then its keys are deleted.
///
/// Whoever crashes between the two settles it at the next start.
package struct Erasures: Sendable {
    private let journal: Journal
    private let keys: PersonalKeys

    package init(_ journal: Journal, _ keys: PersonalKeys) {
        (self.journal, self.keys) = (journal, keys)
    }

    /// - Returns: nil when nothing is sealed for the subject, or no longer.
    package func erase(_ subject: Subject, ticket: String?, _ metadata: EventMetadata) async throws -> AppendResult? {
        let ids = try keys.keyIDs(of: subject)
        guard !ids.isEmpty else { return nil }
        let event = Erasure.Event.erased(subject: subject, keys: ids, ticket: ticket)
        let new = NewEvent(
            type: event.name.rawValue, schemaVersion: Upcasters.currentVersion, data: event.data,
            metadata: metadata.bytes)
        let result = try await journal.append([new], to: Self.stream(of: subject), expected: .any)
        _ = try keys.erase(ids)
        return result
    }

    private static func stream(of subject: Subject) -> StreamID {
        StreamID(
            category: Erasure.category, key: subject.description, account: subject.kind == .account ? subject.id : nil)
    }

    /// Deletes every key that an event says is deleted, as after a crash or the return of an old file of keys.
    package func settle() throws {
        let filter = EventFilter(types: [Erasure.Event.Name.erased.rawValue])
        try journal.forEachPage(filter) { events in
            for event in events {
                let decoded = try event.data.withUnsafeBufferPointer {
                    try Erasure.Event(type: event.type, schemaVersion: event.schemaVersion, data: $0)
                }
                guard case .erased(_, let ids, _) = decoded else { continue }
                _ = try keys.erase(ids)
            }
        }
    }
}
