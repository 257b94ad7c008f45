import Domain
import NIOHTTP1

/// Actions on Trovo: sending and deleting have requests of their own, all else is a command as people type it.
struct TrovoDialect: ActionDialect {
    let names: TrovoNames

    func request(
        for action: ChatAction, in channel: ChatChannel
    ) async throws(APIRequest.Unsendable) -> APIRequest? {
        switch action {
        case .delete(let message): try Self.delete(message, in: channel)
        case .timeout(let user, let seconds, _):
            Self.command("ban \(try await names.name(of: user)) \(Self.clamped(seconds))s", in: channel)
        case .ban(let user, _): Self.command("ban \(try await names.name(of: user))", in: channel)
        case .warn: nil
        case .say(let text, _): try Self.say(text, in: channel)
        }
    }

    static func clamped(_ seconds: Int) -> Int {
        min(max(seconds, TrovoLimits.timeoutSeconds.lowerBound), TrovoLimits.timeoutSeconds.upperBound)
    }

    private static func delete(_ id: String, in channel: ChatChannel) throws(APIRequest.Unsendable) -> APIRequest {
        guard let id = TrovoMessageID(id) else {
            throw APIRequest.Unsendable(reason: "the message to delete has no id, or does not name its author")
        }
        let part = APIRequest.encoded
        return APIRequest(
            method: .DELETE, path: "/channels/\(part(channel.id))/messages/\(part(id.message))/users/\(part(id.user))")
    }

    private static func command(_ command: String, in channel: ChatChannel) -> APIRequest {
        let body: JSON = ["command": .string(command), "channel_id": .string(channel.id)]
        return APIRequest(method: .POST, path: "/channels/command", body: body.bytes)
    }

    private static func say(_ text: String, in channel: ChatChannel) throws(APIRequest.Unsendable) -> APIRequest {
        guard !ChatText.isBlank(text) else { throw APIRequest.Unsendable(reason: "the text is empty") }
        let cut = ChatText.prefix(text, codePointsMax: TrovoLimits.messageLengthMax)
        let body: JSON = ["content": .string(cut), "channel_id": .string(channel.id)]
        return APIRequest(method: .POST, path: "/chat/send", body: body.bytes)
    }

    func outcome(of action: ChatAction, _ answer: APIAnswer, at now: Timestamp) -> ChatOutcome {
        let reason = answer.trovoReason
        switch (answer.status, answer.trovoStatus) {
        case (200..<300, nil), (200..<300, 0?): return success(of: action, answer)
        case (_, TrovoStatus.rateLimit?), (429, _):
            return .rateLimited(retryAfterSeconds: answer.waitSeconds(otherwise: 5))
        case (_, let code?) where TrovoStatus.refused.contains(code): return .unauthorized(reason: reason)
        case (401, _): return .unauthorized(reason: reason)
        case (404, _): if case .delete = action { return .alreadySo } else { return .notActionable(reason: reason) }
        case (500..., _): return .failed(reason: reason, retryAfterSeconds: answer.retryAfterSeconds)
        // A repeated text (10908) among them: Trovo shows it once, and once is enough.
        default: return .notActionable(reason: reason)
        }
    }

    /// A command that did nothing is answered with 200, too.
    private func success(of action: ChatAction, _ answer: APIAnswer) -> ChatOutcome {
        guard action.name == .ban || action.name == .timeout else { return .done(seconds: nil) }
        let text = answer.body?["display_msg"]?.string ?? "Trovo did not do it, and does not say why"
        switch answer.body?["is_success"]?.bool {
        case nil: return .failed(reason: "Trovo answered, but not whether it was done", retryAfterSeconds: nil)
        case false? where text.lowercased().contains("already"): return .alreadySo
        case false?: return .notActionable(reason: text)
        case true?:
            if case .timeout(_, let seconds, _) = action { return .done(seconds: Self.clamped(seconds)) }
            return .done(seconds: nil)
        }
    }
}

/// What names a message here: Trovo wants to know its author, too, before it deletes it.
struct TrovoMessageID: Equatable, Sendable {
    let message: String, user: String

    init(message: String, user: String) { (self.message, self.user) = (message, user) }

    init?(_ text: String) {
        guard let slash = text.lastIndex(of: "/") else { return nil }
        (message, user) = (String(text[..<slash]), String(text[text.index(after: slash)...]))
        guard !ChatText.isBlank(message), !ChatText.isBlank(user) else { return nil }
    }

    var text: String { "\(message)/\(user)" }
}
