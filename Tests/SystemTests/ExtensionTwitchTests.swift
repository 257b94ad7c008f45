import Domain
import Extensions
import Foundation
import Logging
import Platforms
import Sandbox
import ServiceLifecycle
import Synchronization
import TestTools
import Testing
import PlatformStage

@testable import Worker

/// The examples, in the real sandbox, on a Twitch that speaks its own protocols.
@Suite("Extensions on Twitch", .serialized, .timeLimit(.minutes(2)))
struct ExtensionTwitchTests {
    private static func bundle(_ name: String) throws -> ExtensionBundle {
        let packed = try Program.run(["extension", "pack", ExtensionCommandTests.example(name)])
        return try ExtensionBundle(stored: Array(packed.output.trimmingCharacters(in: .newlines).utf8))
    }

    /// A worker with the three examples in one room.
    private func staged(_ body: (FakeTwitch, FakeTwitch.Person, FeedDesk) async throws -> Void) async throws {
        let twitch = try await FakeTwitch.start(), room = twitch.room("aurora")
        let feed = try FeedDesk()
        feed.connect(.twitch, channel: room.id, name: room.login, bot: twitch.bot.id)
        for (index, name) in ["ranks", "giveaway", "moderator"].enumerated() {
            let bundle = try Self.bundle(name)
            try feed.install(bundle, as: Self.id(index))
        }
        let requests = RequestPurses(), client = HelixClient(endpoints: twitch.endpoints)
        let host = ExtensionHost(
            live: feed.live, keyValues: MemoryKeyValues(), fetcher: Fetcher(), requests: requests)
        let launch = ChildLaunch(executable: Program.path, arguments: ["sandbox"])
        let pool = SandboxPool(SandboxPool.Options(launch: launch, children: 1), hosting: host)
        var configuration = ChatPlane.Configuration(worker: "w")
        configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        configuration.platforms = [
            .twitch: .init(
                hands: TwitchActions(client: client, bot: twitch.credentials, log: configuration.logger),
                ears: TwitchEventSub(client: client, bot: twitch.credentials))
        ]
        var extensions = ExtensionPlane.Configuration(worker: "w", runner: pool, bundles: feed)
        (extensions.requests, extensions.logger) = (requests, configuration.logger)
        configuration.extensions = extensions
        let plane = ChatPlane(configuration, live: feed.live, report: { _ in })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in plane.services { group.addTask { try await service.run() } }
            await until {
                twitch.eventSub.rooms == [room.id] && twitch.eventTypes(in: room) == ["channel.raid"]
            }
            try await body(twitch, room, feed)
            group.cancelAll()
        }
        pool.close()
        await client.close()
        await twitch.stop()
    }

    /// Asks as one person after the other, for each rests a while, until the answer is there.
    private func ask(
        _ text: String, on twitch: FakeTwitch, in room: FakeTwitch.Person, until isSo: (String) -> Bool
    ) async throws {
        for _ in 0..<50 {
            twitch.say(text, by: twitch.person("asker\(Int.random(in: 0..<1_000_000))"), in: room)
            for _ in 0..<10 {
                if Self.said(twitch).contains(where: isSo) { return }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        Issue.record("nobody answers as expected: \(Self.said(twitch))")
    }

    private static func id(_ index: Int) -> String { "\(index + 1)1111111-1111-4111-8111-111111111111" }

    private static func said(_ twitch: FakeTwitch) -> [String] {
        twitch.deeds.compactMap { if case .said(let text, _, _) = $0 { text } else { nil } }
    }

    @Test func `count, give away, moderate and welcome`() async throws {
        try await staged { twitch, room, _ in
            let ada = twitch.person("Ada"), mod = twitch.person("Mod")
            twitch.say("hello", by: ada, in: room)
            try await ask("!top", on: twitch, in: room) { $0.contains("Ada (1)") }
            twitch.say("!rank", by: ada, in: room)
            await until { Self.said(twitch).contains("Ada, you have 1 points.") }
            twitch.say("!giveaway a mug", by: mod, in: room, badges: ["moderator/1"])
            await until { Self.said(twitch).contains("A giveaway for a mug is open: say enter!") }
            twitch.say("enter", by: ada, in: room)
            try await Task.sleep(for: .milliseconds(200))
            twitch.say("!draw", by: mod, in: room, badges: ["moderator/1"])
            await until { Self.said(twitch).contains("Ada wins a mug! Congratulations!") }
            let bad = twitch.say("buy followers here", by: ada, in: room)
            await until { twitch.deeds.contains(.deleted(bad, room: room.id)) }
            twitch.happens("channel.raid", by: twitch.person("Eve"), in: room, ["viewers": 12])
            await until { Self.said(twitch).contains("Welcome, Eve and 12 friends!") }
        }
    }

    @Test func `stop at once when they are killed, keep what they had, and go on`() async throws {
        try await staged { twitch, room, feed in
            let ada = twitch.person("Ada"), id = InstallID(stored: Self.id(0))
            twitch.say("hello", by: ada, in: room)
            try await ask("!top", on: twitch, in: room) { $0.contains("Ada (1)") }
            feed.change(id) { $0.kill = .init(reason: "test", at: FeedDesk.now) }
            // What was on its way to Twitch already arrives.
            try await Task.sleep(for: .milliseconds(200))
            let before = twitch.deeds.count
            for _ in 0..<5 { twitch.say("!rank", by: ada, in: room) }
            let bad = twitch.say("buy followers", by: ada, in: room)
            await until { twitch.deeds.contains(.deleted(bad, room: room.id)) }
            try await Task.sleep(for: .milliseconds(300))
            #expect(twitch.deeds.count == before + 1, "only the moderator has acted")
            feed.change(id) { $0.kill = nil }
            twitch.say("hi", by: twitch.person("Bob"), in: room)
            try await ask("!top", on: twitch, in: room) { $0.contains("Ada (1)") && $0.contains("Bob (1)") }
        }
    }
}
