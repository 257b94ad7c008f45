import Domain

/// What happens besides chat, as items of a page of it.
extension FakeYouTube {
    /// - Parameters:
    ///   - name: who has done it, or whom it befell.
    ///   - isWhole: false leaves out what goes with the type, and whom it is about.
    package func happens(_ kind: PlatformEvent.Kind, by name: String, isWhole: Bool = true) {
        switch kind {
        case .cheer:
            tell(
                "superChatEvent", by: name, isWhole ? "superChatDetails" : nil,
                [
                    "amountMicros": "5000000", "currency": "EUR", "amountDisplayString": "€5.00",
                    "userComment": "well done", "tier": 2,
                ])
        case .subscribe:
            tell(
                "newSponsorEvent", by: name, isWhole ? "newSponsorDetails" : nil,
                ["memberLevelName": "Fan", "isUpgrade": false])
        case .resub:
            tell(
                "memberMilestoneChatEvent", by: name, isWhole ? "memberMilestoneChatDetails" : nil,
                ["memberLevelName": "Fan", "memberMonth": 7, "userComment": "still here"])
        case .giftSub:
            tell(
                "membershipGiftingEvent", by: name, isWhole ? "membershipGiftingDetails" : nil,
                ["giftMembershipsLevelName": "Fan", "giftMembershipsCount": 5])
        case .ban:
            let user: JSON = ["channelId": .string(Self.channelID(person(name))), "displayName": .string(name)]
            tell(
                "userBannedEvent", by: owner.name, isWhole ? "userBannedDetails" : nil,
                ["bannedUserDetails": user, "banType": "temporary", "banDurationSeconds": "300"])
        case .streamOnline:
            if isWhole { begin(chat: "chat-" + StageCast.newID()) } else { begin(chat: "chat-early", at: nil) }
        case .follower, .raid, .reward: break
        }
    }

    /// One item of any type.
    package func tell(_ type: String, by name: String, _ member: String?, _ details: JSON = [:]) {
        add(type, by: name, member.map { [.init($0, details)] } ?? [])
    }
}
