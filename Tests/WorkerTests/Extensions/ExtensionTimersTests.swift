import Domain
import Sandbox
import TestTools
import Testing

@testable import Worker

@Suite("The timers of extensions", .timeLimit(.minutes(1)))
struct ExtensionTimersTests {
    private static let reminder = ExtensionTrigger(id: "reminder", .timer(everySeconds: 60))

    /// A worker that was given a bot, and lost it since without knowing.
    private struct Overtaken: LeaseAuthority {
        func renew(_ bots: [BotName], for term: Duration) async throws -> [BotName: Int] {
            Dictionary(uniqueKeysWithValues: bots.map { ($0, 1) })
        }
        func holds(_ bot: BotName, _ fence: Int) async throws -> Bool { false }
        func release(_ bots: [BotName: Int]) async throws {}
    }

    private struct Elsewhere: LeaseAuthority {
        func renew(_ bots: [BotName], for term: Duration) async throws -> [BotName: Int] { [:] }
        func holds(_ bot: BotName, _ fence: Int) async throws -> Bool { false }
        func release(_ bots: [BotName: Int]) async throws {}
    }

    /// A second at a time; those who sleep get the time to fall asleep again.
    private func pass(_ seconds: Int, on stage: ChatStage) async {
        for _ in 0..<seconds {
            stage.clock.advance(by: .seconds(1))
            try? await Task.sleep(for: .milliseconds(3))
        }
    }

    @Test func `run out again and again, and not at the start`() async throws {
        let runner = ScriptedRunner(), stage = try ChatStage(Samples.install(triggers: [Self.reminder]), runner: runner)
        runner.when(returns: #"{"type":"say","text":"drink water"}"#)
        try await stage.running {
            await until { stage.plane.leases.held.count == 1 }
            await pass(50, on: stage)
            #expect(runner.calls.isEmpty)
            await pass(20, on: stage)
            await until { runner.calls.count == 1 }
            await pass(60, on: stage)
            await until { runner.calls.count == 2 && stage.outcomes == [.done, .done] }
        }
        #expect(stage.platform.asked.first == .say(text: "drink water", replyTo: nil))
        #expect(runner.contexts[0]["trigger"] == ["id": "reminder", "type": "timer"])
        #expect(runner.contexts[0]["message"] == nil && runner.contexts[0]["channel"]?["id"] == "1")
    }

    @Test func `run once for an account, however many bots it has`() async throws {
        let runner = ScriptedRunner()
        let stage = try ChatStage(
            Samples.bot("acct_1", .discord), Samples.bot("acct_1", .kick),
            Samples.install(triggers: [Self.reminder]), runner: runner)
        try await stage.running {
            // Where it has credentials; the others are for workers who have theirs.
            await until { stage.plane.leases.held.count == 1 }
            await pass(70, on: stage)
            await until { runner.calls.count == 1 && stage.plane.extensions?.isIdle == true }
        }
        #expect(runner.calls.count == 1)
    }

    @Test func `run with the worker alone that has the bot`() async throws {
        for authority in [Overtaken(), Elsewhere()] as [any LeaseAuthority] {
            let runner = ScriptedRunner()
            let stage = try ChatStage(
                Samples.install(triggers: [Self.reminder]), authority: authority, runner: runner)
            try await stage.running { await pass(130, on: stage) }
            #expect(runner.calls.isEmpty, "\(authority)")
        }
    }

    @Test func `start over after a stop`() async throws {
        let runner = ScriptedRunner(), stage = try ChatStage(Samples.install(triggers: [Self.reminder]), runner: runner)
        try await stage.running {
            await until { stage.plane.leases.held.count == 1 }
            await pass(50, on: stage)
            stage.put(Samples.install(triggers: [Self.reminder]) { $0.enabled = false })
            await pass(5, on: stage)
            stage.put(Samples.install(triggers: [Self.reminder]))
            await pass(50, on: stage)
            #expect(runner.calls.isEmpty)
            await pass(20, on: stage)
            await until { runner.calls.count == 1 }
        }
    }
}
