extension ModerationRecord {
    /// Longer texts are cut: a log is to be read.
    package static let textLengthMax = 2_000
    private static let nameLengthMax = 256

    fileprivate static func cut(_ text: String) -> String { String(text.unicodeScalars.prefix(textLengthMax)) }

    /// `{at, worker, platform, account_id, channel_id, message_id, user: {id, login, name, roles}, text, module, rule,
    /// matched: {text, start, end} | null, action, duration_seconds, reason, outcome, problem}`
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("at", at.description)
            object.member("worker", worker)
            object.member("platform", channel.platform.rawValue)
            object.member("account_id", channel.accountID.rawValue)
            object.member("channel_id", channel.id)
            object.member("message_id", messageID)
            object.name("user")
            author.encode(into: &object)
            object.member("text", Self.cut(text))
            object.member("module", module)
            object.member("rule", rule)
            object.name("matched")
            if let matched { matched.encode(into: &object) } else { object.null() }
            object.member("action", action.rawValue)
            object.name("duration_seconds")
            if let durationSeconds { object.integer(durationSeconds) } else { object.null() }
            object.member("reason", Self.cut(reason))
            object.member("outcome", outcome.rawValue)
            object.member("problem", orNull: problem.map(Self.cut))
        }
    }

    /// Reads one that anybody may have sent, and says everything that is wrong with it.
    package init(_ json: JSON, path: String = "") throws(ValidationFailed) {
        var reader = ObjectReader(json, path: path)
        let at = reader.moment("at")
        let worker = reader.string("worker", lengthMin: 1, lengthMax: Acknowledgement.workerLengthMax)
        let platform = reader.choice("platform", of: Platform.self), account = reader.account("account_id")
        let channel = reader.string("channel_id", lengthMin: 1, lengthMax: Self.nameLengthMax)
        let messageID = reader.string("message_id", lengthMax: Self.nameLengthMax)
        let author = reader.user("user")
        let text = reader.string("text", lengthMax: Self.textLengthMax)
        let module = reader.string("module", lengthMin: 1, lengthMax: Self.nameLengthMax)
        let rule = reader.string("rule", lengthMax: Self.nameLengthMax)
        let matched = reader.match("matched", textLengthMax: Self.textLengthMax)
        let action = reader.choice("action", of: ChatAction.Name.self)
        let duration = reader.integer("duration_seconds", in: 0...Int(Int32.max))
        let reason = reader.string("reason", lengthMax: Self.textLengthMax)
        let outcome = reader.choice("outcome", of: Outcome.self)
        let problem = reader.string("problem", lengthMax: Self.textLengthMax)
        let place = (
            reader.require("at", at), reader.require("worker", worker), reader.require("platform", platform),
            reader.require("account_id", account), reader.require("channel_id", channel)
        )
        let what = (
            reader.require("user", author), reader.require("module", module), reader.require("action", action),
            reader.require("outcome", outcome)
        )
        try reader.finish()
        guard case (let at?, let worker?, let platform?, let account?, let channel?) = place,
            case (let author?, let module?, let action?, let outcome?) = what
        else { throw ValidationFailed(reader.failures) }
        self.init(
            at: at, worker: worker, channel: ChatChannel(platform: platform, accountID: account, id: channel),
            messageID: messageID ?? "", author: author, text: text ?? "", module: module, rule: rule ?? "",
            matched: matched, action: action, durationSeconds: duration, reason: reason ?? "", outcome: outcome,
            problem: problem)
    }
}

extension ModerationRecord.Match {
    fileprivate func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("text", ModerationRecord.cut(text))
            object.member("start", range.lowerBound)
            object.member("end", range.upperBound)
        }
    }
}

extension ObjectReader {
    fileprivate mutating func match(_ name: String, textLengthMax: Int) -> ModerationRecord.Match? {
        guard let json = object(name) else { return nil }
        var reader = ObjectReader(json, path: place(name))
        let text = reader.string("text", lengthMax: textLengthMax)
        let start = reader.integer("start", in: 0...Int(Int32.max)), end = reader.integer("end", in: 0...Int(Int32.max))
        let wanted = (reader.require("text", text), reader.require("start", start), reader.require("end", end))
        add(reader.failures)
        guard case (let text?, let start?, let end?) = wanted, start <= end else { return nil }
        return ModerationRecord.Match(text: text, range: start..<end)
    }
}
