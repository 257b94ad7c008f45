import Domain
import TestTools
import Testing
import PlatformStage

@testable import Platforms

@Suite("What happens on Twitch besides chat", .timeLimit(.minutes(1)))
struct TwitchEventsTests {
    private static let samples: [(type: String, name: PlatformEvent.Kind, more: JSON, data: JSON)] = [
        ("channel.follow", .follower, ["followed_at": "2026-01-01T00:00:00Z"], ["followedAt": "2026-01-01T00:00:00Z"]),
        ("channel.subscribe", .subscribe, ["tier": "1000", "is_gift": false], ["tier": "1000", "isGift": false]),
        (
            "channel.subscription.gift", .giftSub,
            ["tier": "1000", "total": 5, "cumulative_total": .null, "is_anonymous": false],
            ["tier": "1000", "total": 5, "isAnonymous": false]
        ),
        (
            "channel.subscription.message", .resub,
            [
                "tier": "2000", "message": ["text": "hi", "emotes": .null], "cumulative_months": 7,
                "streak_months": .null,
            ],
            ["tier": "2000", "message": "hi", "cumulativeMonths": 7]
        ),
        (
            "channel.cheer", .cheer, ["bits": 100, "message": "cheer100", "is_anonymous": false],
            ["bits": 100, "message": "cheer100", "isAnonymous": false]
        ),
        ("channel.raid", .raid, ["viewers": 42], ["viewers": 42]),
        (
            "channel.channel_points_custom_reward_redemption.add", .reward,
            ["user_input": "now", "status": "unfulfilled", "reward": ["id": "r", "title": "Hydrate", "cost": 50]],
            ["rewardId": "r", "title": "Hydrate", "cost": 50, "input": "now", "status": "unfulfilled"]
        ),
        ("channel.ban", .ban, ["reason": "spam", "is_permanent": true], ["reason": "spam", "isPermanent": true]),
        ("stream.online", .streamOnline, ["type": "live"], ["type": "live"]),
    ]

    @Test func `is told under our names`() async throws {
        try await TwitchEventSubTests.listening { twitch, ears, log, room in
            let bob = twitch.person("Bob")
            ears.want(Set(PlatformEvent.Kind.allCases), in: room.id)
            await until { twitch.eventTypes(in: room).count == Self.samples.count }
            for sample in Self.samples {
                twitch.happens(sample.type, by: bob, in: room, sample.more)
                await until { log.happened.last?.kind == sample.name }
                let event = try #require(log.happened.last)
                #expect(event.data == sample.data, "\(sample.type)")
                #expect(event.user?.id == (sample.name == .streamOnline ? room.id : bob.id))
                #expect(event.channel == TwitchEventSubTests.channel(room))
            }
            #expect(log.happened.count == Self.samples.count)
        }
    }

    @Test func `may have nobody behind it`() async throws {
        try await TwitchEventSubTests.listening { twitch, ears, log, room in
            ears.want([.cheer], in: room.id)
            await until { !twitch.eventTypes(in: room).isEmpty }
            twitch.happens("channel.cheer", in: room, ["bits": 1, "is_anonymous": true])
            await until { !log.happened.isEmpty }
            #expect(log.happened[0].user == nil)
        }
    }

    @Test func `is refused without the right to it, and chat goes on`() async throws {
        try await TwitchEventSubTests.listening { twitch, ears, log, room in
            twitch.deny("channel.subscribe")
            ears.want([.subscribe, .raid], in: room.id)
            await until { log.unheard == [.subscribe] && twitch.eventTypes(in: room) == ["channel.raid"] }
            twitch.say("hello", by: twitch.person("bob"), in: room)
            await until { log.texts == ["hello"] }
            #expect(log.refusals.isEmpty)
        }
    }

    @Test func `is told as long as it is wanted, and again after a lost connection`() async throws {
        try await TwitchEventSubTests.listening { twitch, ears, log, room in
            ears.want([.raid, .cheer], in: room.id)
            await until { twitch.eventTypes(in: room) == ["channel.raid", "channel.cheer"] }
            ears.want([.raid], in: room.id)
            await until { twitch.eventTypes(in: room) == ["channel.raid"] }
            twitch.eventSub.cut()
            await until { twitch.eventTypes(in: room).isEmpty }
            await until { twitch.eventTypes(in: room) == ["channel.raid"] }
            twitch.happens("channel.raid", by: twitch.person("bob"), in: room, ["viewers": 3])
            await until { log.happened.map(\.kind) == [.raid] }
            ears.leave(room.id)
            await until { twitch.eventTypes(in: room).isEmpty }
        }
    }

    @Test func `makes room for chat`() {
        var machine = EventSubMachineTests.live()
        machine.feed(.wanted(Set(PlatformEvent.Kind.allCases), channelID: "7"))
        for id in 8..<298 { machine.feed(.joined(EventSubMachineTests.channel("\(id)"), login: "")) }
        #expect(machine.machine.interests.count == TwitchLimits.channelsPerConnectionMax)
        machine.feed(.joined(EventSubMachineTests.channel("298"), login: ""))
        #expect(machine.machine.interests.count(where: \.isChat) == 292)
        #expect(machine.takeEvents().contains { if case .unheard = $0 { true } else { false } })
    }
}
