import Domain
import Platforms
import Sandbox
import TestTools
import Testing

@testable import Worker

@Suite("Extensions in a worker", .timeLimit(.minutes(1)))
struct ExtensionPlaneTests {
    @Test func `answer commands`() async throws {
        let runner = ScriptedRunner(), stage = try ChatStage(Samples.install(), runner: runner)
        runner.when(returns: #"{"type":"reply","text":"7 points"}"#)
        try await stage.running {
            stage.say("m1", "!rank now")
            await until { stage.outcomes == [.done] }
        }
        #expect(stage.platform.asked == [.say(text: "7 points", replyTo: "m1")])
        let record = try #require(stage.records.first)
        #expect((record.module, record.rule) == ("extension:\(Samples.install)", "rank"))
        #expect(record.reason == "Ranks 1" && record.messageID == "m1")
        let context = try #require(runner.contexts.first)
        #expect(context["args"] == ["now"] && context["user"]?["id"] == "7")
        #expect(runner.calls[0].wallLimit == HandlerLimits.network, "it may fetch")
    }

    @Test func `do as much as they were granted, and the rest is refused and written down`() async throws {
        let runner = ScriptedRunner()
        let stage = try ChatStage(
            Samples.install(triggers: [.moderate], granted: [.chatDelete, .chatTimeout]), runner: runner)
        runner.when(
            returns: """
                [{"type":"delete"},{"type":"ban","reason":"x"},{"type":"timeout","seconds":9},
                 {"type":"say","text":"a"}]
                """)
        try await stage.running {
            stage.say("m1", "hello")
            await until { stage.records.count == 4 }
        }
        #expect(stage.platform.asked == [.delete(messageID: "m1"), .timeout(userID: "7", seconds: 9, reason: nil)])
        let refused = stage.records.filter { $0.outcome == .notActionable }
        #expect(refused.map(\.action) == [.ban, .say])
        #expect(refused[0].problem == "the extension has no permission chat:ban")
        #expect(runner.calls[0].wallLimit == HandlerLimits.moderate)
    }

    @Test(arguments: [
        #"{"type":"ban","userId":"8"}"#, #"{"type":"delete","messageId":"m9"}"#, #"{"type":"timeout","seconds":1e9}"#,
        #"{"type":"constructor"}"#, "{", #"[[[[]]]]"#, #"{"type":"say","text":"\u0000"}"#,
    ])
    func `get nothing that they make up`(result: String) async throws {
        let runner = ScriptedRunner(), stage = try ChatStage(Samples.install(triggers: [.moderate]), runner: runner)
        runner.when(returns: result)
        try await stage.running {
            stage.say("m1", "hello")
            await until { stage.plane.extensions?.counts.failures == 1 }
        }
        #expect(stage.platform.asked.isEmpty && stage.records.isEmpty)
    }

    @Test func `come after the built-in modules, and hear nothing of what those hit`() async throws {
        let words = Samples.module("acct_1", .wordFilter, config: ["blocked_words": ["buy"], "action": "delete"])
        let runner = ScriptedRunner()
        let stage = try ChatStage(words, Samples.install(triggers: [.moderate, .rank]), runner: runner)
        try await stage.running {
            stage.say("m1", "!rank buy")
            stage.say("m2", "!rank hello")
            await until { runner.called == ["moderate", "rank"] && stage.outcomes == [.done] }
        }
        #expect(stage.platform.asked == [.delete(messageID: "m1")])
    }

    @Test func `answer no line that was taken down by another`() async throws {
        let runner = ScriptedRunner(),
            stage = try ChatStage(Samples.install(triggers: [.moderate, .rank]), runner: runner)
        runner.when("moderate", returns: #"{"type":"delete"}"#)
        runner.when("rank", returns: #"{"type":"say","text":"a"}"#)
        try await stage.running {
            stage.say("m1", "!rank")
            await until { stage.outcomes == [.done] && stage.plane.extensions?.isIdle == true }
        }
        #expect(runner.called == ["moderate"])
    }

    @Test func `fail open`() async throws {
        let runner = ScriptedRunner(),
            stage = try ChatStage(Samples.install(triggers: [.moderate, .rank]), runner: runner)
        runner.when("moderate", fails: .timeout)
        runner.when("rank", returns: #"{"type":"say","text":"a"}"#)
        try await stage.running {
            stage.say("m1", "!rank")
            await until { stage.platform.asked == [.say(text: "a", replyTo: nil)] }
        }
    }

    @Test func `never hear the bot itself, nor what is old`() async throws {
        let runner = ScriptedRunner(), stage = try ChatStage(Samples.install(triggers: [.moderate]), runner: runner)
        try await stage.running {
            stage.say("m1", "hello", by: .sample(roles: .ownBot))
            stage.say("m2", "hello", ageSeconds: 61)
            stage.say("m3", "hello")
            await until { runner.calls.count == 1 }
        }
        #expect(runner.contexts[0]["message"]?["id"] == "m3")
    }

    @Test func `let a user rest`() async throws {
        let runner = ScriptedRunner()
        let stage = try ChatStage(Samples.install(triggers: [.command("rank", cooldown: 5)]), runner: runner)
        try await stage.running {
            for id in 1...3 { stage.say("a\(id)", "!rank") }
            stage.say("b", "!rank", by: .sample("8"))
            await until { runner.calls.count == 2 && stage.plane.extensions?.isIdle == true }
            stage.clock.advance(by: .seconds(5))
            stage.say("a4", "!rank")
            await until { runner.calls.count == 3 }
        }
        #expect(runner.contexts.compactMap { $0["user"]?["id"]?.string }.sorted() == ["7", "7", "8"])
    }

    @Test func `do twenty things a minute`() async throws {
        let runner = ScriptedRunner(), stage = try ChatStage(Samples.install(triggers: [.moderate]), runner: runner)
        runner.when(returns: #"{"type":"delete"}"#)
        try await stage.running {
            for id in 1...25 { stage.say("m\(id)", "hello") }
            await until { stage.records.count == 25 }
            #expect(stage.platform.asked.count == ActionQuota.countMax)
            #expect(stage.records.count { $0.problem == "it has done 20 things within a minute" } == 5)
            stage.clock.advance(by: ActionQuota.span)
            stage.say("n", "hello")
            await until { stage.platform.asked.count == ActionQuota.countMax + 1 }
        }
    }

    @Test func `are called for events`() async throws {
        let runner = ScriptedRunner(), ears = ScriptedEars()
        let raids = ExtensionTrigger(id: "twitch:raid", .event("twitch:raid"))
        let stage = try ChatStage(Samples.install(triggers: [raids]), ears: ears, runner: runner)
        runner.when(returns: #"{"type":"say","text":"welcome"}"#)
        try await stage.running {
            await until { ears.isHeard && ears.events == ["1": [.raid]] }
            let raid = PlatformEvent(
                .raid, in: .sample("1"), id: "e", user: .sample("9"), at: stage.now, data: ["viewers": 5])
            var old = raid
            (old.id, old.at) = ("o", stage.now.adding(seconds: -61))
            for event in [old, raid, raid] { await ears.happens(.happened(event)) }
            await until { stage.outcomes == [.done] }
            stage.put(Samples.install(triggers: [.rank]))
            await until { ears.events == ["1": []] }
        }
        #expect(stage.platform.asked == [.say(text: "welcome", replyTo: nil)])
        #expect(runner.calls.count == 1, "what is old, or comes again, sets off nothing")
        #expect(runner.contexts[0]["event"]?["data"] == ["viewers": 5] && runner.contexts[0]["user"]?["id"] == "9")
    }
}
