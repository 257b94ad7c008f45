/// Something that happened in a channel besides what was said there: somebody follows, a raid arrives.
package struct PlatformEvent: Equatable, Sendable {
    /// The same on every platform where it means the same.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case follower, subscribe, resub, cheer, raid, reward, ban
        case giftSub = "gift_sub"
        case streamOnline = "stream_online"
    }

    /// What extensions may be called for, such as `kick:follower`.
    package struct Name: Hashable, Sendable {
        package let platform: Platform
        package let kind: Kind
    }

    package var kind: Kind
    package var channel: ChatChannel
    /// The platform's own name for it, unique there: an event may come twice.
    package var id: String
    /// Who has done it, or whom it befell; nil where nobody did, or where the giver stays unknown.
    package var user: ChatUser?
    package var at: Timestamp
    /// What else is known of it: an object whose members depend on the kind, and are left out where a platform does not
    /// tell them.
    package var data: JSON

    package init(
        _ kind: Kind, in channel: ChatChannel, id: String, user: ChatUser? = nil, at: Timestamp,
        data: JSON = .emptyObject
    ) {
        (self.kind, self.channel, self.id) = (kind, channel, id)
        (self.user, self.at, self.data) = (user, at, data)
    }

    package var name: Name { Name(channel.platform, kind) }
}

extension PlatformEvent.Name: RawRepresentable, CaseIterable {
    package init(_ platform: Platform, _ kind: PlatformEvent.Kind) {
        (self.platform, self.kind) = (platform, kind)
    }

    /// nil for what no platform tells.
    package init?(rawValue: String) {
        guard let name = Self.byText[rawValue] else { return nil }
        self = name
    }

    package var rawValue: String { "\(platform.rawValue):\(kind.rawValue)" }

    package static let allCases = Platform.allCases.flatMap { platform in
        platform.eventKinds.map { PlatformEvent.Name(platform, $0) }
    }

    private static let byText = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })
}

extension Platform {
    /// What the platform tells of, to a bot: nothing stands here because it is nearly the same.
    package var eventKinds: [PlatformEvent.Kind] {
        switch self {
        case .twitch: [.follower, .subscribe, .giftSub, .resub, .cheer, .raid, .reward, .ban, .streamOnline]
        case .youtube: [.subscribe, .giftSub, .resub, .cheer, .ban, .streamOnline]
        case .kick: [.follower, .subscribe, .giftSub, .resub, .cheer, .reward, .ban, .streamOnline]
        case .trovo: [.follower, .subscribe, .giftSub, .resub, .cheer, .raid, .streamOnline]
        case .discord: [.ban]
        }
    }
}
