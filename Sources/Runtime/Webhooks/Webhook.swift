import Domain

/// Somebody who wants to be told of events: where, of which, and how far he has been told.
package struct Webhook: Equatable, Sendable {
    package static let typesMax = 50, addressLengthMax = 2_000

    package enum State: String, CaseIterable, Sendable {
        case active, disabled
        /// It failed for so long that nothing is tried any more, until somebody replays it.
        case parked
    }

    package let id: String
    package var address: String, name: String?
    /// Whose events; nil for all.
    package let account: AccountID?
    /// Of which types; empty for all.
    package var types: [String]
    package let createdAt: Timestamp, createdBy: String
    /// Of the journal that the positions belong to.
    package let epoch: String
    package var secrets: WebhookSecrets
    package var progress: Progress

    /// How it stands with telling him.
    package struct Progress: Equatable, Sendable {
        package var state = State.active
        /// Everything up to here was told, parked, or is not wanted.
        package var position: Int
        /// Of the event after it.
        package var attempts = 0
        package var nextAttemptAt: Timestamp?
        package var failingSince: Timestamp?, problem: String?
        /// Events that were parked one after the other.
        package var parkedInRow = 0
        package var deliveredAt: Timestamp?

        package init(position: Int) {
            self.position = position
        }
    }

    package init(
        id: String, address: String, name: String?, account: AccountID?, types: [String], createdAt: Timestamp,
        createdBy: String, epoch: String, secrets: WebhookSecrets, progress: Progress
    ) {
        (self.id, self.address, self.name, self.account, self.types) = (id, address, name, account, types)
        (self.createdAt, self.createdBy, self.epoch) = (createdAt, createdBy, epoch)
        (self.secrets, self.progress) = (secrets, progress)
    }
}

/// What messages are signed with. It never shows itself.
package struct WebhookSecrets: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    package static let bytesCount = 32
    /// The old one signs, too, for so long after a rotation.
    package static let overlapSeconds = 86_400.0

    package let current: [UInt8]
    package let previous: [UInt8]?, previousUntil: Timestamp?

    package init(current: [UInt8], previous: [UInt8]? = nil, previousUntil: Timestamp? = nil) {
        (self.current, self.previous, self.previousUntil) = (current, previous, previousUntil)
    }

    /// A new one, beside which the present one goes on for a while.
    package func rotated(to fresh: [UInt8], at now: Timestamp) -> WebhookSecrets {
        WebhookSecrets(
            current: fresh, previous: current, previousUntil: now.adding(seconds: Self.overlapSeconds))
    }

    /// The present one first.
    package func valid(at now: Timestamp) -> [[UInt8]] {
        guard let previous, let previousUntil, previousUntil > now else { return [current] }
        return [current, previous]
    }

    package var description: String { "the secrets of a webhook" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// An event that could not be told.
package struct ParkedDelivery: Equatable, Sendable {
    package let position: Int, attempts: Int
    package let problem: String
    package let parkedAt: Timestamp
    /// It is to be tried again.
    package var isQueued = false

    package init(position: Int, attempts: Int, problem: String, parkedAt: Timestamp, isQueued: Bool = false) {
        (self.position, self.attempts, self.problem) = (position, attempts, problem)
        (self.parkedAt, self.isQueued) = (parkedAt, isQueued)
    }
}
