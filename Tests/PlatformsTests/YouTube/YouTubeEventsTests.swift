import Domain
import TestTools
import Testing

@testable import Platforms

@Suite("What happens on YouTube besides chat", .timeLimit(.minutes(1)))
struct YouTubeEventsTests {
    private static let channel = ChatChannel(platform: .youtube, accountID: AccountID(stored: "a"), id: "UC1")

    private static func item(_ type: String, _ member: String, _ details: JSON) -> JSON {
        [
            "id": "i1", "authorDetails": ["channelId": "UC9", "displayName": "bob", "isChatSponsor": true],
            "snippet": .object([
                .init("type", .string(type)), .init("publishedAt", "2026-01-01T00:00:00Z"), .init(member, details),
            ]),
        ]
    }

    private static func event(_ type: String, _ member: String, _ details: JSON) -> PlatformEvent? {
        PlatformEvent(youTube: item(type, member, details), in: channel, bot: "UCbot")
    }

    @Test func `is money with a sticker as it is with words`() {
        let details: JSON = [
            "amountMicros": 1_990_000, "currency": "USD", "amountDisplayString": "$1.99", "tier": 1,
            "superStickerMetadata": ["stickerId": "s", "altText": "a pear"],
        ]
        let event = Self.event("superStickerEvent", "superStickerDetails", details)
        #expect(event?.kind == .cheer && event?.user?.roles == .subscriber)
        #expect(event?.data == ["amountMicros": 1_990_000, "currency": "USD", "amount": "$1.99"])
    }

    @Test func `is a membership that somebody got, but not the next level of one`() {
        let got = Self.event(
            "giftMembershipReceivedEvent", "giftMembershipReceivedDetails",
            ["memberLevelName": "Fan", "gifterChannelId": "UC3"])
        #expect(got?.kind == .subscribe && got?.data == ["tier": "Fan", "isGift": true])
        let higher: JSON = ["memberLevelName": "Fan", "isUpgrade": true]
        #expect(Self.event("newSponsorEvent", "newSponsorDetails", higher) == nil)
    }

    @Test func `is a ban of whom it befalls, by whom it is told`() {
        let user: JSON = ["channelId": "UC5", "displayName": "eve"]
        let event = Self.event(
            "userBannedEvent", "userBannedDetails",
            ["bannedUserDetails": user, "banType": "temporary", "banDurationSeconds": 60])
        #expect(event?.user == ChatUser(id: "UC5", login: "eve", name: "eve"))
        #expect(event?.data["moderatorId"] == "UC9" && event?.data["moderatorLogin"] == "bob")
        #expect(event?.data["isPermanent"] == false)
        #expect(event?.data["endsAt"]?.string.flatMap { Timestamp($0) } == Timestamp("2026-01-01T00:01:00Z"))
        let forEver = Self.event(
            "userBannedEvent", "userBannedDetails", ["bannedUserDetails": user, "banType": "permanent"])
        #expect(forEver?.data["isPermanent"] == true && forEver?.data["endsAt"] == nil)
        let huge: JSON = ["bannedUserDetails": user, "banType": "temporary", "banDurationSeconds": "99999999999999999"]
        #expect(Self.event("userBannedEvent", "userBannedDetails", huge)?.data["endsAt"] == nil)
    }

    @Test(arguments: [
        ("superChatEvent", "superChatDetails"), ("memberMilestoneChatEvent", "memberMilestoneChatDetails"),
    ])
    func `is both said and told when money, or another month, comes with words`(type: String, member: String) {
        var bench = MachineBench(YouTubeMachine(bot: "UCbot", findEvery: .seconds(300)))
        bench.feed(.joined(Self.channel, login: ""))
        bench.feed(.answered(.find("UC1"), .found(.chat("c", startedAt: nil))))
        let first = YouTubeMachine.Call.page("UC1", chat: "c", token: nil)
        bench.feed(.answered(first, .page([], next: "p", wait: .seconds(1), isOver: false)))
        bench.wait(.seconds(1))
        let item = Self.item(type, member, ["amountMicros": "1", "memberMonth": 2, "userComment": "spam"])
        let second = YouTubeMachine.Call.page("UC1", chat: "c", token: "p")
        bench.feed(.answered(second, .page([item, item], next: "q", wait: .seconds(1), isOver: false)))
        let heard = bench.takeEvents()
        #expect(heard.count { if case .message = $0 { true } else { false } } == 1)
        #expect(heard.count { if case .happened = $0 { true } else { false } } == 1)
    }

    @Test func `is the beginning of a broadcast whose chat was there before, and chat goes on`() async throws {
        let bench = try await YouTubeBench(), log = EarLog()
        bench.announce()
        bench.ears.join(bench.channel, login: "")
        await log.during(bench.ears) {
            await until { log.aliveCount(bench.channel.id) > 1 }
            _ = bench.say("soon?", by: "bob")
            await until { log.texts == ["soon?"] }
            #expect(log.happened.isEmpty)
            bench.begin()
            await until { log.happened.map(\.kind) == [.streamOnline] }
            _ = bench.say("at last", by: "bob")
            await until { log.texts == ["soon?", "at last"] }
            #expect(log.happened.count == 1 && log.losses.isEmpty)
        }
        await bench.stop()
    }
}
