import Domain

/// Something that is to be done in a channel, why, and until when it is worth doing.
package struct PendingAction: Sendable {
    package typealias Instant = MonotonicClock.Instant

    package var action: ChatAction
    /// What the log will say of it.
    package var record: ModerationRecord
    package let deadline: Instant
    /// How often it has been tried.
    package internal(set) var attempts = 0
    /// Not to be tried before.
    var notBefore: Instant?
    /// Of the message that it follows from.
    var receipt: MessageReceipt?
    var origin = Origin.module

    /// Who wants it.
    enum Origin: Equatable, Sendable {
        /// One of the built-in ones.
        case module
        case install(ActiveInstall)
        case command(ActiveCommand)
    }

    package var channel: ChatChannel { record.channel }

    package init(_ action: ChatAction, record: ModerationRecord, decidedAt now: Instant) {
        (self.action, self.record) = (action, record)
        deadline = now + action.worth
    }
}

extension ChatAction {
    /// So long after the decision it is still wanted. A message may be deleted late; a notice that comes late only
    /// puzzles people.
    var worth: Duration {
        switch self {
        case .delete, .timeout, .ban: .seconds(300)
        case .warn, .say: .seconds(30)
        }
    }

    /// What is more urgent has a lower number: first the message goes, then its author, then people are told.
    var urgency: Int {
        switch self {
        case .delete: 0
        case .timeout, .ban: 1
        case .warn: 2
        case .say: 3
        }
    }

    static let urgencies = 4
}
