import Domain

extension PlatformEvent {
    /// What a webhook says besides chat. Members that are missing are left out.
    ///
    /// - Parameters:
    ///   - body: as Kick sent it.
    ///   - id: of the webhook.
    ///   - moment: when Kick sent it first.
    /// - Returns: nil for what is nothing new: a stream that ends, a reward that is decided later.
    /// - Throws: when it lacks what no such event can be without.
    static func kick(
        _ topic: KickTopic, _ body: JSON, in channel: ChatChannel, id: String, at moment: Timestamp
    ) throws(UnreadableKickEvent) -> PlatformEvent? {
        guard let kind = topic.kind else { return nil }
        if topic == .streamed {
            guard let isLive = body["is_live"]?.bool else { throw UnreadableKickEvent() }
            guard isLive else { return nil }
        }
        let redemption = topic == .redeemed ? body["id"]?.string ?? "" : id
        guard !redemption.isEmpty else { throw UnreadableKickEvent() }
        // It is told again when somebody accepts or rejects it.
        if topic == .redeemed, body["status"]?.string == "rejected" { return nil }
        let user = kickUser(topic, body, in: channel)
        guard user != nil || body["gifter"]?["is_anonymous"]?.bool == true else { throw UnreadableKickEvent() }
        if topic == .gifted, body["giftees"]?.array?.isEmpty ?? true { throw UnreadableKickEvent() }
        return PlatformEvent(
            kind, in: channel, id: redemption, user: user,
            at: topic == .redeemed ? body["redeemed_at"]?.string.flatMap { Timestamp($0) } ?? moment : moment,
            data: .object(kickMembers(topic, body, at: moment)))
    }

    private static func kickUser(_ topic: KickTopic, _ body: JSON, in channel: ChatChannel) -> ChatUser? {
        let (member, roles): (String, ChatRoles) =
            switch topic {
            case .chat, .cheered: ("sender", [])
            case .followed: ("follower", [])
            case .subscribed, .renewed: ("subscriber", .subscriber)
            case .gifted: ("gifter", [])
            case .redeemed: ("redeemer", [])
            case .streamed: ("broadcaster", .broadcaster)
            case .banned: ("banned_user", [])
            }
        guard let person = body[member], let id = person.identity("user_id"),
            let name = person["username"]?.string, !name.isEmpty
        else { return nil }
        let slug = person["channel_slug"]?.string ?? ""
        return ChatUser(
            id: id, login: slug.isEmpty ? name.lowercased() : slug, name: name,
            roles: id == channel.id ? roles.union(.broadcaster) : roles)
    }

    /// Under the names that scripts see.
    private static func kickMembers(_ topic: KickTopic, _ body: JSON, at moment: Timestamp) -> [JSON.Member] {
        var members = (table[topic] ?? []).compactMap { theirs, ours -> JSON.Member? in
            let value = theirs.split(separator: ".").reduce(body as JSON?) { $0?[String($1)] }
            return value.flatMap { $0 == .null ? nil : JSON.Member(ours, $0) }
        }
        switch topic {
        case .followed: members.append(.init("followedAt", .string(moment.description)))
        case .gifted: members.append(.init("total", .integer(body["giftees"]?.array?.count ?? 0)))
        case .banned: members.append(.init("isPermanent", .bool(body["metadata"]?["expires_at"]?.string == nil)))
        default: break
        }
        return members
    }

    private static let table: [KickTopic: [(theirs: String, ours: String)]] = [
        .renewed: [("duration", "cumulativeMonths")],
        .gifted: [("gifter.is_anonymous", "isAnonymous")],
        .cheered: [("gift.amount", "bits"), ("gift.message", "message")],
        .redeemed: [
            ("reward.id", "rewardId"), ("reward.title", "title"), ("reward.cost", "cost"), ("user_input", "input"),
            ("status", "status"),
        ],
        .banned: [
            ("metadata.reason", "reason"), ("moderator.user_id", "moderatorId"),
            ("moderator.channel_slug", "moderatorLogin"), ("metadata.expires_at", "endsAt"),
        ],
        .streamed: [("started_at", "startedAt")],
    ]
}

/// It is Kick's, but not in the form that Kick's documentation shows.
struct UnreadableKickEvent: Error {}
