import Domain

/// What Kick sends by webhook, and is asked to send (docs.kick.com, "Webhook Payloads"); all in their version 1.
enum KickTopic: String, CaseIterable, Sendable {
    case chat = "chat.message.sent"
    case followed = "channel.followed"
    case subscribed = "channel.subscription.new"
    case renewed = "channel.subscription.renewal"
    case gifted = "channel.subscription.gifts"
    case redeemed = "channel.reward.redemption.updated"
    case streamed = "livestream.status.updated"
    case banned = "moderation.banned"
    case cheered = "kicks.gifted"

    /// nil for what is said.
    var kind: PlatformEvent.Kind? {
        switch self {
        case .chat: nil
        case .followed: .follower
        case .subscribed: .subscribe
        case .renewed: .resub
        case .gifted: .giftSub
        case .redeemed: .reward
        case .streamed: .streamOnline
        case .banned: .ban
        case .cheered: .cheer
        }
    }

    /// What has to be sent of a channel where these kinds of events are wanted.
    static func topics(of kinds: Set<PlatformEvent.Kind>) -> Set<KickTopic> {
        Set(allCases.filter { $0.kind.map(kinds.contains) ?? true })
    }
}
