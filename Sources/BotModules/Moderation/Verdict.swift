import Domain

/// Why a message was hit, and what is to be done about it.
package struct Verdict: Equatable, Sendable {
    /// Which rule of a module it was, by the field of the settings that holds it.
    package enum Rule: String, CaseIterable, Sendable {
        case whitelistDomains = "whitelist_domains"
        case maxRepeatedMessages = "max_repeated_messages"
        case maxCapsPercentage = "max_caps_percentage"
        case blockedWords = "blocked_words"
        case blockedPatterns = "blocked_patterns"
    }

    /// What was found, as its author wrote it.
    package struct Match: Equatable, Sendable {
        package let text: String
        /// In UTF-8 bytes of the message's text.
        package let range: Range<Int>
    }

    package let module: ModuleName
    package let rule: Rule
    package let matched: Match
    package let action: Enforcement.Action
    /// Of the timeout; nil with other actions.
    package let durationSeconds: Int?
    /// One sentence for people.
    package let reason: String
    /// What the author is told; nil when nothing is, or was within the last minute.
    package let notice: String?
    /// True when the author is silenced already by a timeout of these modules: it is not issued again.
    package let isTimeoutRunning: Bool
}

extension Verdict {
    /// What is to be done, in the order in which it is to be done: a notice never holds up a delete.
    ///
    /// A warning without a text is silent: nothing is done then, and the verdict is only recorded.
    package func actions(against message: ChatMessage) -> [ChatAction] {
        let userID = message.author.id
        switch action {
        case .warn: return notice.map { [.warn(userID: userID, reason: $0)] } ?? []
        case .delete: return [.delete(messageID: message.id)] + spoken
        case .timeout:
            guard let seconds = durationSeconds, !isTimeoutRunning else {
                return [.delete(messageID: message.id)] + spoken
            }
            let timeout = ChatAction.timeout(userID: userID, seconds: seconds, reason: reason)
            return [.delete(messageID: message.id), timeout] + spoken
        }
    }

    private var spoken: [ChatAction] {
        notice.map { [.say(text: $0, replyTo: nil)] } ?? []
    }
}
