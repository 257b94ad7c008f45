import Domain

/// What must be remembered of one channel to judge its next message; a value, bounded in memory.
package struct ChannelWindow: Sendable {
    var copies = RepeatedTexts()
    var timeouts = RunningTimeouts()
    var notices = NoticeTimes()

    package init() {}

    /// Whether nothing of it can matter any more: whoever keeps windows may drop this one.
    package func isIdle(at now: Timestamp) -> Bool {
        copies.isIdle(at: now) && timeouts.isIdle(at: now) && notices.isIdle(at: now)
    }

    /// For a timeout that was not issued after all: the next hit is to try again.
    package mutating func forgetTimeout(ofUserID userID: String) {
        timeouts.forget(userID)
    }
}
