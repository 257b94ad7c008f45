import Domain
import Foundation
import Platforms
import TestTools
import Testing
import PlatformStage

/// The whole way of an extension, with processes: submitted, reviewed, published, installed, configured, at work on
/// Twitch, killed, and at work again.
@Suite("Extensions, from the author's folder to the deed", .serialized, .timeLimit(.minutes(3)))
struct ExtensionLifeTests {
    private let folder = TemporaryFolder()

    private func staged(_ body: (ExtensionStage) async throws -> Void) async throws {
        let stage = try await ExtensionStage(in: folder)
        try await body(stage)
        await stage.stop()
    }

    /// The very next line meets what was changed.
    private func isModerated(_ text: String, on stage: ExtensionStage) async throws -> Bool {
        let id = stage.twitch.say(text, by: stage.twitch.person("Bob"), in: stage.room)
        return await eventually { stage.deleted.contains(id) }
    }

    @Test func `are submitted, reviewed, installed, at work, killed, and at work again`() async throws {
        try await staged { stage in
            for name in ["ranks", "giveaway", "moderator"] {
                try await stage.install(name, from: ExtensionCommandTests.example(name))
            }
            try await work(on: stage)
            try await refuse(on: stage)
            try await kill(on: stage)
        }
    }

    private func work(on stage: ExtensionStage) async throws {
        let (twitch, room) = (stage.twitch, stage.room), ada = twitch.person("Ada"), mod = twitch.person("Mod")
        twitch.say("hello", by: ada, in: room)
        try await Task.sleep(for: .milliseconds(500))
        twitch.say("!rank", by: ada, in: room)
        // The line may be counted a moment later: the sandbox starts with it.
        #expect(await eventually { stage.said.contains { $0.hasPrefix("Ada, you have") } })
        twitch.say("!giveaway a mug", by: mod, in: room, badges: ["moderator/1"])
        #expect(await eventually { stage.said.contains("A giveaway for a mug is open: say enter!") })
        let bad = twitch.say("buy followers here", by: ada, in: room)
        #expect(await eventually { twitch.deeds.contains(.deleted(bad, room: room.id)) })
        #expect(await eventually { twitch.eventTypes(in: room) == ["channel.raid"] })
        twitch.happens("channel.raid", by: twitch.person("Eve"), in: room, ["viewers": 12])
        #expect(await eventually { stage.said.contains("Welcome, Eve and 12 friends!") })
        #expect(
            await eventually {
                try await stage.records(of: "moderator").contains { $0["message_id"]?.string == bad }
            })
    }

    /// Settings that do not fit, with all reasons; then ones that do, at once in use.
    private func refuse(on stage: ExtensionStage) async throws {
        let path = "extensions/\(stage.id("moderator"))/config"
        let wrong = #"{"config": {"strikes": 0, "timeout_seconds": "x", "colour": 1}}"#
        let answer = try await stage.server.send("PUT", "/v1/bot-modules/\(path)?account_id=acct_1", wrong)
        #expect(answer.status == 422 && answer.json["error"]?["details"]?.array?.count == 3)
        _ = try await stage.change("PUT", path, #"{"config": {"blocked": ["zebra"]}}"#)
        #expect(try await isModerated("a zebra", on: stage))
    }

    private func kill(on stage: ExtensionStage) async throws {
        let (twitch, room) = (stage.twitch, stage.room), id = stage.id("moderator")
        let bob = twitch.person("Bob")
        let killed = try await stage.change("POST", "kill", #"{"install_id": "\#(id)", "reason": "a test"}"#)
        #expect(killed["meta"]?["convergence"]?["converged"] == true)
        // What was on its way to Twitch already arrives.
        try await Task.sleep(for: .milliseconds(100))
        let before = twitch.deeds.count
        let spared = twitch.say("a zebra again", by: bob, in: room)
        twitch.say("!rank", by: bob, in: room)
        #expect(await eventually { stage.said.contains { $0.hasPrefix("Bob, you have") } })
        #expect(!twitch.deeds.contains(.deleted(spared, room: room.id)))
        #expect(twitch.deeds.count == before + 1)
        let kept = try await stage.server.send("GET", "/v1/bot-modules/extensions/\(id)?account_id=acct_1")
        #expect(kept.json["data"]?["config"]?["blocked"] == ["zebra"], "the settings are kept")
        _ = try await stage.change("PATCH", "extensions/\(id)", #"{"enabled": true}"#)
        #expect(try await isModerated("the zebra", on: stage))
    }
}
