import Domain

/// The moderation log as a person reads it, line by line.
enum DemoLog {
    static func line(_ record: ModerationRecord) -> String {
        let what =
            switch record.action {
            case .delete: "the message is deleted"
            case .timeout: "\(record.author.name) is silenced for \(record.durationSeconds ?? 0) s"
            case .ban: "\(record.author.name) is banned"
            case .warn: "\(record.author.name) is warned"
            case .say: "the bot speaks"
            }
        let end = record.outcome == .done ? "" : ", \(record.outcome.rawValue)"
        let place = "\(record.channel.platform.rawValue), \(record.channel.accountID.rawValue)"
        return """
            \(place) \(record.author.login): \(record.text)
                → \(record.module): \(record.reason): \(what)\(end)
            """
    }
}
