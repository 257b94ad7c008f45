import Domain

extension HelixAnswer {
    /// What became of an action, by Twitch's own description of each call.
    func outcome(of action: ChatAction, at now: Timestamp) -> ChatOutcome {
        switch status {
        case 200..<300: success(of: action)
        case 401: .unauthorized(reason: reason)
        case 404: if case .delete = action { .alreadySo } else { .notActionable(reason: reason) }
        case 409: .failed(reason: reason, retryAfterSeconds: retryAfterSeconds ?? 1)
        case 429: .rateLimited(retryAfterSeconds: waitSeconds(at: now))
        case 400 where isBannedAlready && action.isBan: .alreadySo
        // The bot is no moderator there, or is banned: its credentials are good all the same.
        case 400..<500: .notActionable(reason: reason)
        default: .failed(reason: reason, retryAfterSeconds: retryAfterSeconds)
        }
    }

    /// Twitch tells it from other refusals by its text alone.
    private var isBannedAlready: Bool {
        body?["message"]?.string?.lowercased().contains("already banned") == true
    }

    private func success(of action: ChatAction) -> ChatOutcome {
        switch action {
        case .delete, .ban, .warn: .done(seconds: nil)
        case .timeout(_, let seconds, _): .done(seconds: secondsSet ?? TwitchLimits.clamped(seconds))
        case .say: sending
        }
    }

    private var secondsSet: Int? {
        guard let ban = body?["data"]?.array?.first, let start = ban["created_at"]?.string.flatMap({ Timestamp($0) }),
            let end = ban["end_time"]?.string.flatMap({ Timestamp($0) }), end > start
        else { return nil }
        return Int(end.seconds(since: start).rounded())
    }

    /// A message that Twitch drops is answered with 200, too.
    private var sending: ChatOutcome {
        guard let message = body?["data"]?.array?.first, let isSent = message["is_sent"]?.bool else {
            return .failed(
                reason: "Twitch answered \(status), but not whether the message was sent", retryAfterSeconds: nil)
        }
        if isSent { return .done(seconds: nil) }
        let code = message["drop_reason"]?["code"]?.string ?? "dropped"
        let text = message["drop_reason"]?["message"]?.string ?? "the message was dropped"
        return Self.isTooFast(code, text)
            ? .rateLimited(retryAfterSeconds: TwitchLimits.messages(as: []).seconds)
            : .notActionable(reason: "\(code): \(text)")
    }

    /// The codes are not documented and change (twitchdev/issues 962), so that the sentence counts as well.
    private static func isTooFast(_ code: String, _ text: String) -> Bool {
        code.lowercased().contains("ratelimit") || code.lowercased().contains("rate_limit")
            || text.lowercased().contains("too quickly")
    }
}

extension ChatAction {
    fileprivate var isBan: Bool {
        switch self {
        case .ban, .timeout: true
        case .delete, .warn, .say: false
        }
    }
}
