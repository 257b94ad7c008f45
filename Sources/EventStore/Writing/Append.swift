/// What an append has brought.
package struct AppendResult: Equatable, Sendable {
    /// Of the last event; for an append of no events, the journal's last position.
    package let position: Int
    /// Of the stream after it; nil when the stream has no events.
    package let revision: Int?
    package let recordedAt: Int
    package let eventCount: Int
}

/// One append in the writer's queue, and the caller who waits for it.
struct PendingAppend: Sendable {
    let stream: StreamID
    /// Of the stream, in full.
    let name: String
    let expected: ExpectedRevision
    let events: [PreparedEvent]
    let idempotency: IdempotencyRecord?
    let continuation: UnsafeContinuation<AppendResult, any Error>
}

/// An event with all of its leaf that needs no position.
struct PreparedEvent: Sendable {
    /// As it was given.
    let event: NewEvent
    /// As it is stored and hashed.
    let stored: NewEvent
    let isSealed: Bool
    let leaf: LeafParts

    init(_ event: NewEvent, sealed: NewEvent?, stream: String) {
        self.event = event
        (stored, isSealed) = (sealed ?? event, sealed != nil)
        leaf = LeafParts(
            stream: stream, type: stored.type, schemaVersion: stored.schemaVersion, dataHash: Hash(of: stored.data),
            metadataHash: Hash(of: stored.metadata))
    }
}

/// Appends that were committed together, on their way to whoever must see them before the callers are answered.
package struct CommittedBatch: Sendable {
    package let events: [RecordedEvent]
    let answers: [Answer]

    struct Answer: Sendable {
        let continuation: UnsafeContinuation<AppendResult, any Error>
        let result: AppendResult
    }

    /// Answers the callers; called once.
    package func acknowledge() {
        for answer in answers { answer.continuation.resume(returning: answer.result) }
    }
}

/// Sees every committed batch, in order, on the writer's thread, and acknowledges each once its own work is done.
package protocol CommitObserver: AnyObject, Sendable {
    func committed(_ batch: CommittedBatch)
}
