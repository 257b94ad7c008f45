import Domain

extension PlatformEvent {
    /// What a notification says besides chat. Members that are missing are left out: who is called looks for himself.
    ///
    /// - Parameters:
    ///   - event: as Twitch sent it.
    ///   - id: of the notification.
    init(_ kind: Kind, eventSub event: JSON, in channel: ChatChannel, id: String, at moment: Timestamp) {
        self.init(
            kind, in: channel, id: id, user: Self.user(kind, event), at: moment,
            data: .object(Self.members(kind, event)))
    }

    private static func user(_ kind: Kind, _ event: JSON) -> ChatUser? {
        switch kind {
        case .raid: user(event, "from_broadcaster_user", roles: [])
        case .streamOnline: user(event, "broadcaster_user", roles: .broadcaster)
        case .subscribe, .resub: user(event, "user", roles: .subscriber)
        case .follower, .giftSub, .cheer, .reward, .ban: user(event, "user", roles: [])
        }
    }

    /// nil where the giver stays unknown: Twitch sends null then.
    private static func user(_ event: JSON, _ prefix: String, roles: ChatRoles) -> ChatUser? {
        guard let id = event["\(prefix)_id"]?.string, !id.isEmpty else { return nil }
        let login = event["\(prefix)_login"]?.string ?? "", name = event["\(prefix)_name"]?.string ?? ""
        return ChatUser(id: id, login: login, name: name.isEmpty ? login : name, roles: roles)
    }

    /// Under the names that scripts see.
    private static func members(_ kind: Kind, _ event: JSON) -> [JSON.Member] {
        table[kind, default: []].compactMap { theirs, ours in
            let value = theirs.split(separator: ".").reduce(event as JSON?) { $0?[String($1)] }
            guard let value, value != .null else { return nil }
            return JSON.Member(ours, value)
        }
    }

    private static let table: [Kind: [(theirs: String, ours: String)]] = [
        .follower: [("followed_at", "followedAt")],
        .subscribe: [("tier", "tier"), ("is_gift", "isGift")],
        .giftSub: [
            ("tier", "tier"), ("total", "total"), ("cumulative_total", "cumulativeTotal"),
            ("is_anonymous", "isAnonymous"),
        ],
        .resub: [
            ("tier", "tier"), ("message.text", "message"), ("cumulative_months", "cumulativeMonths"),
            ("streak_months", "streakMonths"), ("duration_months", "durationMonths"),
        ],
        .cheer: [("bits", "bits"), ("message", "message"), ("is_anonymous", "isAnonymous")],
        .raid: [("viewers", "viewers")],
        .reward: [
            ("reward.id", "rewardId"), ("reward.title", "title"), ("reward.cost", "cost"), ("user_input", "input"),
            ("status", "status"),
        ],
        .ban: [
            ("reason", "reason"), ("moderator_user_id", "moderatorId"), ("moderator_user_login", "moderatorLogin"),
            ("ends_at", "endsAt"), ("is_permanent", "isPermanent"),
        ],
        .streamOnline: [("type", "type"), ("started_at", "startedAt")],
    ]
}
