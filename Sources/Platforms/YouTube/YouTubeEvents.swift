import Domain

extension PlatformEvent {
    /// What one item of a page of chat tells besides what was said; nil for any other, and when it lacks what no such
    /// event can be without (LiveChatMessages: `snippet.type`). Members that are missing are left out.
    init?(youTube item: JSON, in channel: ChatChannel, bot: String) {
        guard let id = item["id"]?.string, !id.isEmpty, let snippet = item["snippet"],
            let sentAt = snippet["publishedAt"]?.string.flatMap({ Timestamp($0) }),
            let kind = snippet["type"]?.string.flatMap(YouTubeEventKind.init), let details = snippet[kind.details],
            // Who goes up a level was a member before.
            kind != .newSponsor || details["isUpgrade"]?.bool != true,
            let author = ChatUser(youTube: item["authorDetails"] ?? .null, in: channel, bot: bot)
        else { return nil }
        let user = kind == .userBanned ? Self.youTubeBanned(details, in: channel, bot: bot) : author
        guard let user else { return nil }
        let members = kind == .userBanned ? Self.youTubeBan(details, by: author, at: sentAt) : kind.members(details)
        self.init(kind.kind, in: channel, id: id, user: user, at: sentAt, data: .object(members))
    }

    /// A broadcast begins, as far as is known only a while after it has begun.
    init(youTube chat: String, startedAt: Timestamp, in channel: ChatChannel, at now: Timestamp) {
        self.init(
            .streamOnline, in: channel, id: "live \(chat)", at: now,
            data: ["startedAt": .string(startedAt.description)])
    }

    private static func youTubeBanned(_ details: JSON, in channel: ChatChannel, bot: String) -> ChatUser? {
        let user = details["bannedUserDetails"]
        guard let id = user?["channelId"]?.string, !id.isEmpty, let name = user?["displayName"]?.string, !name.isEmpty
        else { return nil }
        return ChatUser(id: id, login: name, name: name, roles: id == bot ? .ownBot : [])
    }

    private static func youTubeBan(_ details: JSON, by author: ChatUser, at moment: Timestamp) -> [JSON.Member] {
        var members: [JSON.Member] = [
            .init("moderatorId", .string(author.id)), .init("moderatorLogin", .string(author.login)),
            .init("isPermanent", .bool(details["banType"]?.string == "permanent")),
        ]
        if let seconds = details.identity("banDurationSeconds").flatMap({ Double($0) }), (0...1e9).contains(seconds) {
            members.append(.init("endsAt", .string(moment.adding(seconds: seconds).description)))
        }
        return members
    }
}

/// The types of items that tell of something.
private enum YouTubeEventKind: String {
    case superChat = "superChatEvent"
    case superSticker = "superStickerEvent"
    case newSponsor = "newSponsorEvent"
    case milestone = "memberMilestoneChatEvent"
    case gifting = "membershipGiftingEvent"
    case giftReceived = "giftMembershipReceivedEvent"
    case userBanned = "userBannedEvent"

    var kind: PlatformEvent.Kind {
        switch self {
        case .superChat, .superSticker: .cheer
        case .newSponsor, .giftReceived: .subscribe
        case .milestone: .resub
        case .gifting: .giftSub
        case .userBanned: .ban
        }
    }

    /// The member of a snippet that goes with the type.
    var details: String {
        switch self {
        case .superChat: "superChatDetails"
        case .superSticker: "superStickerDetails"
        case .newSponsor: "newSponsorDetails"
        case .milestone: "memberMilestoneChatDetails"
        case .gifting: "membershipGiftingDetails"
        case .giftReceived: "giftMembershipReceivedDetails"
        case .userBanned: "userBannedDetails"
        }
    }

    /// Under the names that scripts see.
    func members(_ details: JSON) -> [JSON.Member] {
        func text(_ theirs: String, _ ours: String) -> [JSON.Member] {
            details[theirs]?.string.map { [JSON.Member(ours, .string($0))] } ?? []
        }
        // YouTube writes large numbers as texts.
        func number(_ theirs: String, _ ours: String) -> [JSON.Member] {
            details.identity(theirs).flatMap { Int($0) }.map { [JSON.Member(ours, .integer($0))] } ?? []
        }
        let money = number("amountMicros", "amountMicros") + text("currency", "currency")
        switch self {
        case .superChat: return money + text("amountDisplayString", "amount") + text("userComment", "message")
        case .superSticker: return money + text("amountDisplayString", "amount")
        case .newSponsor: return text("memberLevelName", "tier") + [.init("isGift", false)]
        case .giftReceived: return text("memberLevelName", "tier") + [.init("isGift", true)]
        case .milestone:
            return text("memberLevelName", "tier") + text("userComment", "message")
                + number("memberMonth", "cumulativeMonths")
        case .gifting: return text("giftMembershipsLevelName", "tier") + number("giftMembershipsCount", "total")
        case .userBanned: return []
        }
    }
}
