/// Something that a bot does in a channel.
package enum ChatAction: Equatable, Sendable {
    case delete(messageID: String)
    /// - Parameter seconds: as configured; each platform converts it to what it can do and says what it did.
    case timeout(userID: String, seconds: Int, reason: String?)
    case ban(userID: String, reason: String?)
    /// By the platform's own warning where it has one. Where it has none, the outcome is `unsupported`, and whoever
    /// asked says it in chat.
    case warn(userID: String, reason: String)
    case say(text: String, replyTo: String?)

    /// The names in logs, requests and documents.
    package enum Name: String, CaseIterable, Sendable { case delete, timeout, ban, warn, say }

    package var name: Name {
        switch self {
        case .delete: .delete
        case .timeout: .timeout
        case .ban: .ban
        case .warn: .warn
        case .say: .say
        }
    }
}

/// What became of an action, as the platform answered it.
package enum ChatOutcome: Equatable, Sendable {
    /// - Parameter seconds: the length of the timeout that was really set, nil with other actions.
    case done(seconds: Int?)
    /// It was so already: the message is deleted, the user banned. As good as done.
    case alreadySo
    /// The platform does not let the bot do this to that user (a moderator, the broadcaster) or with that text. Trying
    /// again would not help.
    case notActionable(reason: String)
    case unsupported
    /// Too many requests; nothing was done. Try again after so long.
    case rateLimited(retryAfterSeconds: Double)
    /// The same, of this channel alone: others go on.
    case channelLimited(retryAfterSeconds: Double)
    /// Nothing is known to have been done, and it may work later: an answer of 5xx, a hang, a lost connection.
    case failed(reason: String, retryAfterSeconds: Double?)
    /// The credentials are refused: nothing will work before they are new.
    case unauthorized(reason: String)
}
