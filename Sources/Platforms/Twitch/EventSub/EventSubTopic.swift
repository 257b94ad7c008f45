import Domain

/// What one subscription of EventSub tells: what is said in a channel, or one kind of what else happens there.
enum EventSubTopic: Hashable, Sendable {
    case chat
    case event(PlatformEvent.Kind)

    static let all = [EventSubTopic.chat] + PlatformEvent.Kind.allCases.map { .event($0) }

    /// By Twitch's own names (dev.twitch.tv, "Subscription Types").
    var type: String {
        switch self {
        case .chat: "channel.chat.message"
        case .event(.follower): "channel.follow"
        case .event(.subscribe): "channel.subscribe"
        case .event(.giftSub): "channel.subscription.gift"
        case .event(.resub): "channel.subscription.message"
        case .event(.cheer): "channel.cheer"
        case .event(.raid): "channel.raid"
        case .event(.reward): "channel.channel_points_custom_reward_redemption.add"
        case .event(.ban): "channel.ban"
        case .event(.streamOnline): "stream.online"
        }
    }

    var version: String { self == .event(.follower) ? "2" : "1" }

    init?(type: String) {
        guard let topic = Self.byType[type] else { return nil }
        self = topic
    }

    private static let byType = Dictionary(uniqueKeysWithValues: all.map { ($0.type, $0) })

    func condition(channelID: String, bot: String) -> JSON {
        switch self {
        case .chat: ["broadcaster_user_id": .string(channelID), "user_id": .string(bot)]
        case .event(.follower): ["broadcaster_user_id": .string(channelID), "moderator_user_id": .string(bot)]
        case .event(.raid): ["to_broadcaster_user_id": .string(channelID)]
        case .event: ["broadcaster_user_id": .string(channelID)]
        }
    }

    /// The member of an event, and of a condition, that names the channel.
    var channelMember: String { self == .event(.raid) ? "to_broadcaster_user_id" : "broadcaster_user_id" }
}
