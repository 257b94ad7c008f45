import Domain
import NIOHTTP1

/// Actions on YouTube (LiveChatMessages, LiveChatBans).
struct YouTubeDialect: ActionDialect {
    let chats: YouTubeChats

    func request(
        for action: ChatAction, in channel: ChatChannel
    ) async throws(APIRequest.Unsendable) -> APIRequest? {
        switch action {
        case .delete(let message): try Self.delete(message)
        case .timeout(let user, let seconds, _):
            try await ban(user, seconds: YouTubeLimits.clamped(seconds), in: channel)
        case .ban(let user, _): try await ban(user, seconds: nil, in: channel)
        case .warn: nil
        case .say(let text, _): try await say(text, in: channel)
        }
    }

    private static func delete(_ message: String) throws(APIRequest.Unsendable) -> APIRequest {
        guard !ChatText.isBlank(message) else {
            throw APIRequest.Unsendable(reason: "the message to delete has no id")
        }
        var request = APIRequest(
            method: .DELETE, path: "/youtube/v3/liveChat/messages", query: [.init(name: "id", value: message)])
        request.units = 20
        return request
    }

    private func ban(
        _ user: String, seconds: Int?, in channel: ChatChannel
    ) async throws(APIRequest.Unsendable) -> APIRequest {
        var snippet: [JSON.Member] = [
            .init("liveChatId", .string(try await chat(of: channel))),
            .init("type", .string(seconds == nil ? "permanent" : "temporary")),
        ]
        if let seconds { snippet.append(.init("banDurationSeconds", .integer(seconds))) }
        snippet.append(.init("bannedUserDetails", ["channelId": .string(user)]))
        var request = Self.insertion("bans", snippet)
        request.units = 50
        return request
    }

    private func say(_ text: String, in channel: ChatChannel) async throws(APIRequest.Unsendable) -> APIRequest {
        guard !ChatText.isBlank(text) else { throw APIRequest.Unsendable(reason: "the text is empty") }
        let cut = ChatText.prefix(text, codePointsMax: YouTubeLimits.messageLengthMax)
        var request = Self.insertion(
            "messages",
            [
                .init("liveChatId", .string(try await chat(of: channel))), .init("type", "textMessageEvent"),
                .init("textMessageDetails", ["messageText": .string(cut)]),
            ])
        request.units = 20
        return request
    }

    private static func insertion(_ what: String, _ snippet: [JSON.Member]) -> APIRequest {
        APIRequest(
            method: .POST, path: "/youtube/v3/liveChat/\(what)", query: [.init(name: "part", value: "snippet")],
            body: JSON.object([.init("snippet", .object(snippet))]).bytes)
    }

    private func chat(of channel: ChatChannel) async throws(APIRequest.Unsendable) -> String {
        switch await chats.chat(of: channel.id) {
        case .chat(let id, _): return id
        case .none: throw APIRequest.Unsendable(reason: "the channel is not live: it has no chat")
        case .refused(let reason), .failed(let reason, _): throw APIRequest.Unsendable(reason: reason)
        }
    }

    func outcome(of action: ChatAction, _ answer: APIAnswer, at now: Timestamp) -> ChatOutcome {
        let reason = answer.youTubeReason
        switch answer.status {
        case 200..<300: return success(of: action, answer)
        case 401: return .unauthorized(reason: reason)
        case _ where answer.isYouTubeSpent:
            let wait = YouTubeQuota.midnight(after: now).seconds(since: now)
            return .failed(reason: reason, retryAfterSeconds: max(wait, 1))
        case _ where answer.isYouTubeLimit: return .rateLimited(retryAfterSeconds: answer.waitSeconds(otherwise: 5))
        case 404, 410: if case .delete = action { return .alreadySo } else { return .notActionable(reason: reason) }
        // Not its message, a moderator, a chat that has ended: the credentials are good all the same.
        case 400..<500: return .notActionable(reason: reason)
        default: return .failed(reason: reason, retryAfterSeconds: answer.retryAfterSeconds)
        }
    }

    private func success(of action: ChatAction, _ answer: APIAnswer) -> ChatOutcome {
        guard case .timeout(_, let seconds, _) = action else { return .done(seconds: nil) }
        let said = answer.body?["snippet"]?.identity("banDurationSeconds").flatMap { Int($0) }
        return .done(seconds: said ?? YouTubeLimits.clamped(seconds))
    }
}
