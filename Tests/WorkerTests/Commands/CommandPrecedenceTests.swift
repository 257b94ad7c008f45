import Domain
import Sandbox
import TestTools
import Testing

@testable import Worker

@Suite("One name, one answer", .timeLimit(.minutes(1)))
struct CommandPrecedenceTests {
    private static let triggers: [ExtensionTrigger] = [.rank, .pattern("^!rank", id: "pattern-1")]

    private func called(_ entries: [FeedEntry], until isSo: @escaping (ChatStage, ScriptedRunner) -> Bool) async throws
        -> (said: [String], called: [String])
    {
        let runner = ScriptedRunner(), stage = try ChatStage(Samples.install(triggers: Self.triggers), runner: runner)
        for entry in entries { stage.put(entry) }
        runner.when("rank", returns: #"{"type":"say","text":"the extension"}"#)
        try await stage.running {
            stage.say("m1", "!rank")
            await until { isSo(stage, runner) && stage.plane.extensions?.isIdle == true }
        }
        return (stage.said, runner.called.sorted())
    }

    @Test func `is the account's own command, before the extensions'`() async throws {
        let result = try await called([Samples.command("rank", says: "own")]) {
            $0.said.count == 1 && $1.called.count == 1
        }
        #expect(result.said == ["own"] && result.called == ["pattern-1"], "patterns hear every line")
    }

    @Test func `is the extension's, before the global one`() async throws {
        let result = try await called([Samples.command("rank", of: nil, says: "global")]) {
            $0.said.count == 1 && $1.called.count == 2
        }
        #expect(result.said == ["the extension"])
    }

    @Test func `is the extension's when the account's own is off`() async throws {
        let own = Samples.command("rank", BotCommand.Definition(response: "own", enabled: false))
        let result = try await called([own]) { $0.said.count == 1 && $1.called.count == 2 }
        #expect(result.said == ["the extension"])
    }

    @Test func `is nobody's when the account's own may not be called`() async throws {
        let own = Samples.command("rank", BotCommand.Definition(response: "own", minimumRole: .moderator))
        let result = try await called([own]) { $1.called.count == 1 }
        #expect(result.said == [] && result.called == ["pattern-1"])
    }

    @Test(arguments: [true, false])
    func `waits for the extensions that moderate`(isTakenDown: Bool) async throws {
        let runner = ScriptedRunner(), gate = Gate()
        let stage = try ChatStage(
            Samples.install(triggers: [.moderate]), Samples.command("so", says: "hi"), runner: runner)
        runner.when("moderate") { _ in
            while !gate.value { try? await Task.sleep(for: .milliseconds(2)) }
            return HandlerEnd(.returned(Array((isTakenDown ? #"{"type":"delete"}"# : "null").utf8)))
        }
        try await stage.running {
            stage.say("m1", "!so")
            await until { runner.called == ["moderate"] }
            #expect(stage.said == [])
            gate.value = true
            await until { stage.outcomes == [.done] && stage.plane.extensions?.isIdle == true }
        }
        #expect(stage.platform.asked == [isTakenDown ? .delete(messageID: "m1") : .say(text: "hi", replyTo: nil)])
    }
}
