/// A line of the moderation log: one action that a worker has decided on, why, and what came of it. Telemetry, not
/// history.
package struct ModerationRecord: Equatable, Sendable {
    /// When it was decided, by the worker's clock.
    package var at: Timestamp
    package var worker: String
    package var channel: ChatChannel
    package var messageID: String
    package var author: ChatUser
    package var text: String
    /// The module that hit; `timed_messages` for what it sends by itself.
    package var module: String
    /// Which rule of it, as `blocked_words` or `max_caps_percentage`.
    package var rule: String
    /// What was found, nil where no place in the text can be named.
    package var matched: Match?
    package var action: ChatAction.Name
    package var durationSeconds: Int?
    /// Why the module hit.
    package var reason: String
    package var outcome: Outcome
    /// Why it was not done, where it was not.
    package var problem: String?

    package struct Match: Equatable, Sendable {
        package var text: String
        /// In UTF-8 bytes of the message's text.
        package var range: Range<Int>

        package init(text: String, range: Range<Int>) {
            (self.text, self.range) = (text, range)
        }
    }

    /// What came of the action. The names are those in documents.
    package enum Outcome: String, CaseIterable, Sendable {
        case done
        case alreadySo = "already_so"
        case notActionable = "not_actionable"
        /// It was given up after the last try.
        case failed
        /// The bot was paused, killed or taken off its plan before it was sent.
        case halted
        /// Too old, or found by a worker that only watches: nothing was sent.
        case observed
    }

    package init(
        at: Timestamp, worker: String, channel: ChatChannel, messageID: String, author: ChatUser, text: String,
        module: String, rule: String, matched: Match? = nil, action: ChatAction.Name, durationSeconds: Int? = nil,
        reason: String, outcome: Outcome, problem: String? = nil
    ) {
        (self.at, self.worker, self.channel, self.messageID, self.author) = (at, worker, channel, messageID, author)
        (self.text, self.module, self.rule, self.matched, self.action) = (text, module, rule, matched, action)
        (self.durationSeconds, self.reason, self.outcome, self.problem) = (durationSeconds, reason, outcome, problem)
    }
}
