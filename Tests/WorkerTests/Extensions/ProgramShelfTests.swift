import Domain
import Sandbox
import TestTools
import Testing

@testable import Worker

@Suite("The programs in the sandbox", .timeLimit(.minutes(1)))
struct ProgramShelfTests {
    private static func configured(_ points: Int) -> FeedEntry {
        Samples.install { $0.settings = JSONText(["points": .integer(points)]) }
    }

    @Test func `meet the next line with the settings that it was given before`() async throws {
        let runner = ScriptedRunner(), gate = Gate(), stage = try ChatStage(Self.configured(1), runner: runner)
        try await stage.running {
            stage.say("m1", "!rank")
            await until { runner.calls.count == 1 && stage.plane.extensions?.isIdle == true }
            runner.holdLoads(gate)
            stage.put(Self.configured(2))
            for id in 2...4 { stage.say("m\(id)", "!rank") }
            await until { runner.loads.count == 2 }
            #expect(runner.calls.count == 1, "nobody is answered by the old settings")
            gate.value = true
            await until { runner.calls.count == 4 }
        }
        #expect(
            runner.loads.map { String(decoding: $0.settings.bytes, as: UTF8.self) } == [
                #"{"points":1}"#, #"{"points":2}"#,
            ])
    }

    @Test func `go on with the old settings where the new ones cannot be loaded`() async throws {
        let runner = ScriptedRunner(), stage = try ChatStage(Self.configured(1), runner: runner)
        try await stage.running {
            stage.say("m1", "!rank")
            await until { runner.calls.count == 1 }
            runner.failLoads(SandboxFailure(.script, "points is not to its liking"))
            stage.put(Self.configured(2))
            for id in 2...3 { stage.say("m\(id)", "!rank") }
            await until { runner.calls.count == 3 }
        }
    }

    @Test func `are let go of when nobody calls them, and come back with the next call`() async throws {
        let runner = ScriptedRunner(["rank", "other"])
        let stage = try ChatStage(
            Samples.install(triggers: [.command("rank", cooldown: 0)]),
            Samples.install(Samples.otherInstall, triggers: [.command("other", cooldown: 0)]), runner: runner)
        try await stage.running {
            stage.say("a", "!rank")
            stage.say("b", "!other")
            await until { runner.calls.count == 2 && stage.plane.extensions?.isIdle == true }
            // Ten minutes, in which one of them is called.
            for minute in 1...10 {
                stage.clock.advance(by: .seconds(60))
                stage.plane.extensions?.sweep()
                if minute < 10 { #expect(runner.unloaded.isEmpty) }
                stage.say("c\(minute)", "!other")
                await until { runner.calls.count == 2 + minute && stage.plane.extensions?.isIdle == true }
            }
            await until { runner.unloaded == [Samples.install] }
            #expect(stage.plane.extensions?.loaded == [Samples.otherInstall])
            #expect(runner.loads.count == 2)
            stage.say("d", "!rank")
            await until { runner.loads.count == 3 && runner.calls.count == 13 }
        }
        #expect(stage.breakers.all.isEmpty)
    }

    @Test func `are not brought back by a change that concerns others`() async throws {
        let runner = ScriptedRunner(), stage = try ChatStage(Samples.install(), runner: runner)
        try await stage.running {
            stage.say("a", "!rank")
            await until { runner.calls.count == 1 && stage.plane.extensions?.isIdle == true }
            stage.clock.advance(by: .seconds(600))
            await until { runner.unloaded == [Samples.install] && stage.plane.extensions?.isIdle == true }
            stage.put(Self.configured(7))
            stage.put(Samples.account("acct_2"))
            stage.clock.advance(by: ShelfKeeper.delay)
            try await Task.sleep(for: .milliseconds(100))
            #expect(runner.loads.count == 1)
        }
    }

    /// The sandbox lets go of the old before it takes the new, however they meet.
    @Test func `that are killed while they are loaded are gone in the end`() async throws {
        let runner = ScriptedRunner(), gate = Gate(), stage = try ChatStage(Samples.install(), runner: runner)
        try await stage.running {
            stage.say("a", "!rank")
            await until { runner.calls.count == 1 }
            runner.holdLoads(gate)
            stage.put(Self.configured(2))
            stage.say("b", "!rank")
            await until { runner.loads.count == 2 }
            stage.put(Samples.install { $0.kill = .init(reason: nil, at: Samples.now) })
            await until {
                stage.clock.advance(by: ShelfKeeper.delay)
                return stage.plane.extensions?.isIdle == false
            }
            #expect(runner.unloaded.isEmpty)
            gate.value = true
            await until {
                stage.clock.advance(by: ShelfKeeper.delay)
                return runner.unloaded == [Samples.install] && stage.plane.extensions?.loaded.isEmpty == true
            }
            stage.put(Self.configured(2))
            stage.say("c", "!rank")
            await until { runner.loads.count == 3 && runner.calls.count == 2 }
        }
    }
}
