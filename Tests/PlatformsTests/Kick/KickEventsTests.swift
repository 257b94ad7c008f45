import Domain
import PlatformStage
import Synchronization
import TestTools
import Testing

@testable import Platforms

@Suite("What happens on Kick besides chat", .timeLimit(.minutes(1)))
struct KickEventsTests {
    private static let now = KickDoorTests.now
    private static let broadcaster: JSON = ["user_id": 7, "username": "Acme", "channel_slug": "acme"]
    private static let bob: JSON = ["user_id": 9, "username": "Bob", "channel_slug": "bob"]

    /// What comes through the door, of webhooks with ids of their own.
    private func told(_ bodies: [(type: String, body: JSON)]) async throws -> (
        [KickDoor.Entry], [PlatformEvent]
    ) {
        let hall = KickDoorTests.Hall(), door = try hall.door()
        var entries: [KickDoor.Entry] = []
        for (number, (type, body)) in bodies.enumerated() {
            let whole = JSON.object([.init("broadcaster", Self.broadcaster)] + (body.members ?? []))
            let delivery = try FakeKick.delivery(whole, id: "id-\(number)", type: type, at: Self.now)
            entries.append(await door.receive(try #require(delivery.webhook)))
        }
        return (entries, hall.events.withLock { $0 })
    }

    @Test func `may come from somebody who stays unknown`() async throws {
        let (entries, events) = try await told([
            (
                "channel.subscription.gifts",
                [
                    "gifter": ["is_anonymous": true, "user_id": nil, "username": nil, "channel_slug": nil],
                    "giftees": [Self.bob],
                ]
            )
        ])
        #expect(entries == [.taken])
        #expect(events.map(\.user) == [nil] && events.map(\.data) == [["isAnonymous": true, "total": 1]])
    }

    @Test func `is a ban for ever when it has no end`() async throws {
        let (_, events) = try await told([
            (
                "moderation.banned",
                [
                    "banned_user": Self.bob, "moderator": Self.broadcaster,
                    "metadata": ["reason": "spam", "created_at": "2023-11-14T22:13:20Z", "expires_at": nil],
                ]
            )
        ])
        #expect(
            events.first?.data == [
                "reason": "spam", "moderatorLogin": "acme", "moderatorId": "7", "isPermanent": true,
            ])
    }

    @Test func `is no event when a stream ends, and one when it begins`() async throws {
        let (entries, events) = try await told([
            ("livestream.status.updated", ["is_live": false, "started_at": "2023-11-14T21:13:20Z"]),
            ("livestream.status.updated", ["is_live": true, "started_at": "2023-11-14T22:13:20Z"]),
        ])
        #expect(entries == [.taken, .taken])
        #expect(events.map(\.kind) == [.streamOnline] && events[0].user?.id == "7")
        #expect(events[0].user?.roles == .broadcaster && events[0].data == ["startedAt": "2023-11-14T22:13:20Z"])
    }

    @Test func `is told once of a reward, whatever becomes of it`() async throws {
        func redemption(_ id: String, _ status: String) -> (String, JSON) {
            (
                "channel.reward.redemption.updated",
                [
                    "id": .string(id), "status": .string(status), "redeemer": Self.bob,
                    "redeemed_at": "2023-11-14T22:13:19Z", "reward": ["id": "r", "title": "Hydrate", "cost": 5],
                ]
            )
        }
        let (entries, events) = try await told([
            redemption("a", "pending"), redemption("a", "accepted"), redemption("b", "accepted"),
            redemption("c", "rejected"),
        ])
        #expect(entries == [.taken, .repeated, .taken, .taken])
        #expect(events.map(\.id) == ["a", "b"] && events.allSatisfy { $0.at == Self.now.adding(seconds: -1) })
    }

    @Test(arguments: KickTopic.allCases.filter { $0 != .chat }.map(\.rawValue))
    func `cannot be read when it says nothing, or nonsense`(type: String) async throws {
        let nonsense: JSON = [
            "follower": 1, "subscriber": [], "gifter": "x", "giftees": [:], "redeemer": ["user_id": "", "username": 5],
            "id": [], "is_live": "yes", "banned_user": ["user_id": 0], "metadata": "m", "sender": nil, "gift": nil,
        ]
        let (entries, events) = try await told([(type, [:]), (type, nonsense)])
        #expect(entries == [.unreadable, .unreadable] && events.isEmpty)
    }

    @Test func `is asked for while it is wanted, and chat goes on when Kick refuses it`() async throws {
        let bench = try await KickBench(), log = EarLog()
        bench.deny("channel.followed")
        bench.ears.join(bench.channel, login: "")
        await log.during(bench.ears) {
            await until { log.aliveCount(bench.channel.id) > 0 }
            #expect(!bench.isTold(.cheer))
            bench.ears.want([.cheer, .follower], in: bench.channel.id)
            await until { bench.isTold(.cheer) && log.unheard == [.follower] }
            _ = bench.say("hello", by: "bob")
            await until { log.texts == ["hello"] }
            // Kick ends all, and is asked for all again.
            bench.cutEars()
            await until { bench.isTold(.cheer) && log.losses.count == 1 }
            #expect(log.refusals.isEmpty && log.unheard == [.follower], "what was refused is left alone for a while")
        }
        await bench.stop()
    }
}

@Suite("Kick's subscriptions")
struct KickMachineTests {
    private static let room = ChatChannel(platform: .kick, accountID: AccountID(stored: "a"), id: "5")

    /// In a room in which chat is heard.
    private func live() -> MachineBench<KickMachine> {
        var bench = MachineBench(KickMachine(checkEvery: .seconds(300)))
        bench.feed(.joined(Self.room, login: ""))
        bench.feed(.answered(.check("5"), .sends([.chat])))
        _ = bench.takeEvents()
        return bench
    }

    @Test func `ask for chat by itself, then for what is missing besides`() {
        var bench = MachineBench(KickMachine(checkEvery: .seconds(300)))
        #expect(bench.feed(.joined(Self.room, login: "")) == [.call(.check("5"))])
        #expect(bench.feed(.wanted([.follower, .cheer], channelID: "5")).isEmpty)
        let first = bench.feed(.answered(.check("5"), .sends([.followed])))
        #expect(first.contains(.call(.subscribe("5", [.chat]))))
        let second = bench.feed(.answered(.subscribe("5", [.chat]), .subscribed(refusals: [:])))
        #expect(second.contains(.call(.subscribe("5", [.cheered]))))
        let third = bench.feed(.answered(.subscribe("5", [.cheered]), .subscribed(refusals: [:])))
        #expect(!third.contains { if case .call = $0 { true } else { false } })
    }

    @Test func `ask again for what was refused, but not at once`() {
        var bench = live()
        #expect(bench.feed(.wanted([.ban], channelID: "5")) == [.call(.check("5"))])
        bench.feed(.answered(.check("5"), .sends([.chat])))
        bench.feed(.answered(.subscribe("5", [.banned]), .refused("Forbidden")))
        #expect(
            bench.takeEvents().filter { if case .unheard = $0 { true } else { false } } == [
                .unheard(Self.room, .ban, reason: "Forbidden")
            ])
        #expect(bench.wait(.seconds(300)) == [.call(.check("5"))])
        let orders = bench.feed(.answered(.check("5"), .sends([.chat])))
        #expect(orders.contains(.call(.subscribe("5", [.banned]))))
    }

    @Test func `rest longer and longer when Kick cannot begin, and hear chat meanwhile`() {
        var bench = live(), rests = 0
        bench.feed(.wanted([.ban], channelID: "5"))
        for _ in 0..<600 {
            let orders = bench.wait(.seconds(1))
            if orders.contains(.call(.check("5"))) { rests += 1 }
            bench.feed(.answered(.check("5"), .sends([.chat])))
            bench.feed(.answered(.subscribe("5", [.banned]), .failed("503", retryAfter: nil)))
        }
        #expect((10...40).contains(rests), "\(rests)")
        let events = bench.takeEvents()
        #expect(!events.contains { if case .lost = $0 { true } else { false } })
    }

    @Test func `want only what is wanted now when an answer comes late`() {
        var bench = live()
        bench.feed(.wanted([.ban], channelID: "5"))
        bench.feed(.answered(.check("5"), .sends([.chat])))
        bench.feed(.wanted([.ban, .cheer], channelID: "5"))
        let orders = bench.feed(.answered(.subscribe("5", [.banned]), .subscribed(refusals: [:])))
        #expect(orders.contains(.call(.subscribe("5", [.cheered]))))
        bench.feed(.left(channelID: "5"))
        #expect(bench.feed(.answered(.subscribe("5", [.cheered]), .subscribed(refusals: [:]))).isEmpty)
    }
}
