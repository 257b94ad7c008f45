import Domain

/// A message and what became of it: one line of `backtest` and of `worker --dry-run`.
package struct JudgedMessage: Equatable, Sendable {
    package let message: ChatMessage
    package let verdict: Verdict?

    package init(_ message: ChatMessage, _ verdict: Verdict?) {
        (self.message, self.verdict) = (message, verdict)
    }

    /// `{"message_id","platform","channel_id","user","text","verdict"}`, without a line end.
    package var jsonLine: String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.message(message)
            writer.name("verdict")
            writer.verdict(verdict)
        }
        return writer.text
    }
}

extension JSONWriter {
    mutating func message(_ message: ChatMessage) {
        member("message_id", message.id)
        member("platform", message.channel.platform.rawValue)
        member("channel_id", message.channel.id)
        member("user", message.author.login)
        member("text", message.text)
    }

    /// `{"module","rule","matched","action","duration_seconds","reason"}`, or null.
    package mutating func verdict(_ verdict: Verdict?) {
        guard let verdict else { return null() }
        object { writer in
            writer.member("module", verdict.module.rawValue)
            writer.member("rule", verdict.rule.rawValue)
            writer.name("matched")
            writer.match(verdict.matched)
            writer.member("action", verdict.action.rawValue)
            writer.member("duration_seconds", verdict.durationSeconds.map(JSON.integer) ?? .null)
            writer.member("reason", verdict.reason)
        }
    }

    private mutating func match(_ match: Verdict.Match) {
        object { writer in
            writer.member("text", match.text)
            writer.member("range", .array([.integer(match.range.lowerBound), .integer(match.range.upperBound)]))
        }
    }
}
