import Domain

/// The moderation log as a person reads it, line by line.
enum DemoLog {
    /// nil for what the bot said: that stands in the chat.
    static func line(_ record: ModerationRecord) -> String? {
        let what: String
        switch record.action {
        case .delete: what = "the message is deleted"
        case .timeout: what = "\(record.author.name) is silenced for \(record.durationSeconds ?? 0) s"
        case .ban: what = "\(record.author.name) is banned"
        case .warn: what = "\(record.author.name) is warned"
        case .say: return nil
        }
        let end = record.outcome == .done ? "" : ", \(record.outcome.rawValue)"
        return """
            \(record.channel.id) \(record.author.login): \(record.text)
                → \(record.module): \(record.reason): \(what)\(end)
            """
    }
}
