import Domain
import Text

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

extension ChannelWindow {
    /// Adds a message to the window and returns how often its author has sent that visible text within it.
    ///
    /// A message without any text, as one that is nothing but a picture, is no copy of another.
    mutating func count(_ message: ChatMessage, _ forms: NormalForms, at now: Timestamp) -> Int {
        if message.text.isEmpty { return 0 }
        var key = Hasher(), id = Hasher()
        key.combine(message.author.id)
        key.combine(bytes: UnsafeRawBufferPointer(forms.visible.buffer))
        id.combine(message.id)
        return copies.add(
            UInt64(bitPattern: Int64(key.finalize())), message: UInt64(bitPattern: Int64(id.finalize())),
            isEdit: message.isEdit, at: now)
    }
}
