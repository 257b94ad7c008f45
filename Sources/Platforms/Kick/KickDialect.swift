import Domain
import NIOHTTP1

/// Actions on Kick (docs.kick.com, "Chat" and "Moderation").
struct KickDialect: ActionDialect {
    func request(for action: ChatAction, in channel: ChatChannel) throws(APIRequest.Unsendable) -> APIRequest? {
        switch action {
        case .delete(let message): try Self.delete(message)
        case .timeout(let user, let seconds, let reason):
            try Self.ban(user, minutes: KickLimits.minutes(seconds), reason: reason, in: channel)
        case .ban(let user, let reason): try Self.ban(user, minutes: nil, reason: reason, in: channel)
        case .warn: nil
        case .say(let text, let parent): try Self.say(text, replyTo: parent, in: channel)
        }
    }

    private static func delete(_ message: String) throws(APIRequest.Unsendable) -> APIRequest {
        guard !ChatText.isBlank(message) else {
            throw APIRequest.Unsendable(reason: "the message to delete has no id")
        }
        return APIRequest(method: .DELETE, path: "/public/v1/chat/\(APIRequest.encoded(message))")
    }

    private static func ban(
        _ user: String, minutes: Int?, reason: String?, in channel: ChatChannel
    ) throws(APIRequest.Unsendable) -> APIRequest {
        var members = [
            JSON.Member("broadcaster_user_id", .integer(try number(channel.id))),
            JSON.Member("user_id", .integer(try number(user))),
        ]
        if let minutes { members.append(.init("duration", .integer(minutes))) }
        if let reason, !reason.isEmpty {
            let cut = ChatText.prefix(reason, codePointsMax: KickLimits.reasonLengthMax)
            members.append(.init("reason", .string(cut)))
        }
        return APIRequest(method: .POST, path: "/public/v1/moderation/bans", body: JSON.object(members).bytes)
    }

    private static func say(
        _ text: String, replyTo parent: String?, in channel: ChatChannel
    ) throws(APIRequest.Unsendable) -> APIRequest {
        guard !ChatText.isBlank(text) else { throw APIRequest.Unsendable(reason: "the text is empty") }
        var members = [
            JSON.Member("broadcaster_user_id", .integer(try number(channel.id))),
            JSON.Member("content", .string(ChatText.prefix(text, codePointsMax: KickLimits.messageLengthMax))),
            JSON.Member("type", "bot"),
        ]
        if let parent { members.append(.init("reply_to_message_id", .string(parent))) }
        return APIRequest(method: .POST, path: "/public/v1/chat", body: JSON.object(members).bytes)
    }

    /// Kick's ids are numbers, in JSON, too.
    private static func number(_ id: String) throws(APIRequest.Unsendable) -> Int {
        guard let number = Int(id), number > 0 else {
            throw APIRequest.Unsendable(reason: "Kick's ids are numbers, which \(ChatText.reason(id)) is not")
        }
        return number
    }

    func outcome(of action: ChatAction, _ answer: APIAnswer, at now: Timestamp) -> ChatOutcome {
        let reason = answer.kickReason
        switch answer.status {
        case 200..<300: return success(of: action, answer)
        case 401: return .unauthorized(reason: reason)
        case 404: if case .delete = action { return .alreadySo } else { return .notActionable(reason: reason) }
        case 429: return .rateLimited(retryAfterSeconds: answer.waitSeconds(otherwise: 5))
        case 400..<500 where action.name == .ban && reason.lowercased().contains("already banned"): return .alreadySo
        // The bot is no moderator there, or has not been given that right: its credentials are good all the same.
        case 400..<500: return .notActionable(reason: reason)
        default: return .failed(reason: reason, retryAfterSeconds: answer.retryAfterSeconds)
        }
    }

    private func success(of action: ChatAction, _ answer: APIAnswer) -> ChatOutcome {
        switch action {
        case .timeout(_, let seconds, _): .done(seconds: KickLimits.minutes(seconds) * 60)
        case .say where answer.body?["data"]?["is_sent"]?.bool == false:
            .notActionable(reason: "Kick took the message and did not show it")
        case .delete, .ban, .warn, .say: .done(seconds: nil)
        }
    }
}
