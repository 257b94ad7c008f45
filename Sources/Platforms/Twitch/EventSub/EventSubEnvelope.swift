import Domain

/// One message of EventSub over a WebSocket (dev.twitch.tv, "WebSocket Messages").
struct EventSubEnvelope: Sendable {
    enum Content: Sendable {
        case welcome(session: String, keepalive: Duration?)
        case keepalive
        case reconnect(url: String)
        case notification(JSON, EventSubTopic)
        case revocation(channelID: String, EventSubTopic, status: String)
        /// Something that came after this was written.
        case unknown
    }

    let id: String
    let sentAt: Timestamp
    let content: Content

    /// nil for what is no message.
    init?(_ text: String) {
        guard let json = try? JSONParser.parse(text), let metadata = json["metadata"],
            let id = metadata["message_id"]?.string, !id.isEmpty, let kind = metadata["message_type"]?.string,
            let sentAt = metadata["message_timestamp"]?.string.flatMap({ Timestamp($0) }),
            let content = Self.content(kind, json["payload"] ?? .null, metadata["subscription_type"]?.string)
        else { return nil }
        (self.id, self.sentAt, self.content) = (id, sentAt, content)
    }

    /// nil when a part is missing that this kind must have.
    private static func content(_ kind: String, _ payload: JSON, _ type: String?) -> Content? {
        switch kind {
        case "session_welcome":
            guard let id = payload["session"]?["id"]?.string, !id.isEmpty else { return nil }
            return .welcome(session: id, keepalive: keepalive(payload))
        case "session_keepalive": return .keepalive
        case "session_reconnect": return payload["session"]?["reconnect_url"]?.string.map { .reconnect(url: $0) }
        case "notification":
            guard let topic = type.flatMap({ EventSubTopic(type: $0) }) else { return .unknown }
            return payload["event"].map { .notification($0, topic) }
        case "revocation":
            let subscription = payload["subscription"]
            guard let topic = (subscription?["type"]?.string ?? type).flatMap({ EventSubTopic(type: $0) }) else {
                return .unknown
            }
            guard let channel = subscription?["condition"]?[topic.channelMember]?.string else { return nil }
            let status = subscription?["status"]?.string ?? "revoked"
            return .revocation(channelID: channel, topic, status: ChatText.reason(status))
        default: return .unknown
        }
    }

    private static func keepalive(_ payload: JSON) -> Duration? {
        guard let seconds = payload["session"]?["keepalive_timeout_seconds"]?.integer, (1...600).contains(seconds)
        else { return nil }
        return .seconds(seconds)
    }
}
