import Domain
import NIOHTTP1

/// The requests that fill and empty an EventSub connection, and what their answers mean.
enum EventSubRequest: Equatable, Sendable {
    case subscribe(ChatChannel, EventSubTopic = .chat, session: String)
    /// By the subscription's id.
    case unsubscribe(String, channelID: String, EventSubTopic = .chat)

    private static let path = "/helix/eventsub/subscriptions"

    /// What became of a subscription.
    enum Answer: Equatable, Sendable {
        /// - Parameter id: nil when it was there before.
        case subscribed(id: String?)
        /// The bot may not listen there.
        case refused(reason: String)
        case failed(retryAfter: Duration)
        /// Well or not: nothing depends on it.
        case unsubscribed
    }

    func request(as bot: String) -> APIRequest {
        switch self {
        case .subscribe(let channel, let topic, let session):
            Self.subscription(topic, channel, session: session, as: bot)
        case .unsubscribe(let id, _, _):
            APIRequest(method: .DELETE, path: Self.path, query: [APIRequest.Parameter(name: "id", value: id)])
        }
    }

    private static func subscription(
        _ topic: EventSubTopic, _ channel: ChatChannel, session: String, as bot: String
    ) -> APIRequest {
        let body: JSON = [
            "type": .string(topic.type), "version": .string(topic.version),
            "condition": topic.condition(channelID: channel.id, bot: bot),
            "transport": ["method": "websocket", "session_id": .string(session)],
        ]
        return APIRequest(method: .POST, path: path, body: body.bytes)
    }

    func meaning(of answer: HelixAnswer, at now: Timestamp) -> Answer {
        guard case .subscribe = self else { return .unsubscribed }
        switch answer.status {
        case 200..<300: return .subscribed(id: answer.body?["data"]?.array?.first?["id"]?.string)
        case 409: return .subscribed(id: nil)
        case 429: return .failed(retryAfter: .seconds(answer.waitSeconds(at: now)))
        // The connection has gone meanwhile; its end will be told.
        case 400 where answer.reason.lowercased().contains("session"): return .failed(retryAfter: .seconds(1))
        case 400..<500: return .refused(reason: answer.reason)
        default: return .failed(retryAfter: .seconds(1))
        }
    }
}
