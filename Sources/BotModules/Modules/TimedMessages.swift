import Domain

/// Messages that the bot sends by itself, again and again, while the chat is alive.
package enum TimedMessages {
    package struct Settings: Equatable, Sendable {
        package let messages: [Message]
        /// Viewers' lines that must have been written since the module's last message.
        package let minChatLinesBetween: Int

        init(_ config: JSON) {
            messages = config[TimedMessages.messages]
            minChatLinesBetween = config[TimedMessages.minChatLinesBetween]
        }
    }

    package struct Message: Equatable, Sendable {
        package let text: String
        package let intervalMinutes: Int

        fileprivate init?(_ entry: JSON) {
            guard let text = entry["text"]?.string, let minutes = entry["interval_minutes"]?.integer else { return nil }
            self.text = text
            intervalMinutes = minutes
        }

        fileprivate static let fields = [
            Field(
                name: "text", shape: .text(lengthMax: 500, rule: .notBlank), fallback: nil,
                description: "What is sent."),
            Field(
                name: "interval_minutes", shape: .integer(1...1440), fallback: nil,
                description: "Minutes from one sending to the next; the first comes after one interval."),
        ]
    }

    static let fields = [messages.field, minChatLinesBetween.field]

    private static let messages = Setting<[Message]>.list(
        "messages", of: .object(Message.fields), countMax: 50, "What is sent, and how often.", read: Message.init)
    private static let minChatLinesBetween = Setting.integer(
        "min_chat_lines_between", in: 0...10_000, default: 5,
        "Viewers' lines that must come between two of these messages.")
}
