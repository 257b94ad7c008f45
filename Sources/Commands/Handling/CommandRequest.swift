import Domain
import EventStore

/// What comes with a command besides the command itself: who wants it, and under which conditions.
package struct CommandRequest: Sendable {
    package var metadata: EventMetadata
    /// The revision that the caller has seen (`If-Match`), -1 for no events yet; nil when the caller does not say.
    package var seenRevision: Int?
    package var idempotency: Idempotency?

    /// A caller's promise that two requests are the same one.
    package struct Idempotency: Sendable {
        /// SHA-256 of caller, route and key; SHA-256 of what was asked.
        package let key: Hash, fingerprint: Hash

        package init(key: Hash, fingerprint: Hash) {
            (self.key, self.fingerprint) = (key, fingerprint)
        }
    }

    package init(metadata: EventMetadata, seenRevision: Int? = nil, idempotency: Idempotency? = nil) {
        (self.metadata, self.seenRevision, self.idempotency) = (metadata, seenRevision, idempotency)
    }

    /// A command of the product's own.
    package static func system(correlationID: String, commandID: String) -> CommandRequest {
        CommandRequest(
            metadata: EventMetadata(
                actor: .system, source: .system, commandID: commandID, correlationID: correlationID))
    }
}

/// What has become of a command.
package struct CommandOutcome: Equatable, Sendable {
    /// 201 when something came into being that has an address of its own, else 200.
    package let status: Int
    /// False when everything was as wanted already.
    package let changed: Bool
    /// Of the last change of the entity; 0 when there never was one.
    package let position: Int
    /// The answer was given before, to the same request.
    package let replayed: Bool

    /// Nothing was to be done, as things stand at a position.
    package static func nothing(at position: Int) -> CommandOutcome {
        CommandOutcome(status: 200, changed: false, position: position, replayed: false)
    }
}

/// The caller's picture of the entity is out of date; nothing was done.
package struct PreconditionFailed: Error, Equatable, CustomStringConvertible {
    package let seen: Int, actual: Int

    package init(seen: Int, actual: Int) {
        (self.seen, self.actual) = (seen, actual)
    }

    package var description: String {
        "it is at revision \(actual), not \(seen): read it again, then decide again"
    }
}

/// Why an `Idempotency-Key` could not be honoured.
package enum IdempotencyConflict: Error, Equatable, CustomStringConvertible {
    case otherRequest, stillRunning

    package var description: String {
        switch self {
        case .otherRequest: "this Idempotency-Key was used for another request: take a new key for a new request"
        case .stillRunning: "a request with this Idempotency-Key is still running: wait for it, then send it again"
        }
    }
}

/// So many others were changing the entity that this command never got its turn.
package struct Contention: Error, Equatable, CustomStringConvertible {
    package var description: String { "too many others are changing this at once: send the command again" }
}
