import Domain
import Extensions
import Sandbox
import TestTools
import Testing

@testable import Worker

@Suite("An extension that fails", .timeLimit(.minutes(1)))
struct ExtensionFailureTests {
    @Test(arguments: [SandboxFailure.Kind.timeout, .memory, .script, .result])
    func `is suspended after five failures, tried again, and goes on`(kind: SandboxFailure.Kind) async throws {
        let runner = ScriptedRunner(), stage = try ChatStage(Samples.install(), runner: runner)
        runner.when(fails: kind)
        try await stage.running {
            for id in 1...7 {
                stage.say("m\(id)", "!rank")
                await until { stage.plane.extensions?.isIdle == true }
            }
            #expect(runner.calls.count == CircuitBreaker.failuresMax)
            #expect(stage.breakers.states == [.tripped])
            #expect(stage.breakers.all[0].reason?.contains("5 failures") == true)
            runner.when(returns: #"{"type":"say","text":"a"}"#)
            stage.clock.advance(by: CircuitBreaker.firstRest)
            stage.say("n", "!rank")
            await until { stage.breakers.states == [.tripped, .recovered] && stage.outcomes == [.done] }
        }
    }

    @Test func `is suspended at once when its child had to be killed`() async throws {
        let runner = ScriptedRunner(), stage = try ChatStage(Samples.install(), runner: runner)
        runner.when(fails: .killed)
        try await stage.running {
            stage.say("m1", "!rank")
            await until { stage.breakers.states == [.tripped] }
            stage.say("m2", "!rank")
            await until { stage.plane.extensions?.isIdle == true }
        }
        #expect(runner.calls.count == 1)
    }

    @Test func `leaves the others alone`() async throws {
        let runner = ScriptedRunner()
        let stage = try ChatStage(Samples.install(), Samples.install(Samples.otherInstall), runner: runner)
        runner.when { call in
            call.install == Samples.install
                ? HandlerEnd(.failed(SandboxFailure(.killed, "dead"))) : HandlerEnd(.returned([]))
        }
        try await stage.running {
            for id in 1...5 {
                stage.say("m\(id)", "!rank")
                await until { stage.plane.extensions?.isIdle == true }
            }
        }
        #expect(runner.calls.count { $0.install == Samples.otherInstall } == 5)
        #expect(runner.calls.count { $0.install == Samples.install } == 1)
    }

    @Test func `is one of 200 that fail at once, and their neighbour is served`() async throws {
        let runner = ScriptedRunner(), stage = try ChatStage(Samples.install(), runner: runner)
        let failing = (0..<200).map { InstallID(stored: "44444444-4444-4444-8444-444444444\($0 + 100)") }
        for install in failing { stage.put(Samples.install(install)) }
        runner.when { call in
            call.install == Samples.install
                ? HandlerEnd(.returned(Array(#"{"type":"say","text":"well"}"#.utf8)))
                : HandlerEnd(.failed(SandboxFailure(.timeout, "it loops")))
        }
        try await stage.running {
            for id in 1...7 {
                stage.say("m\(id)", "!rank")
                await until { stage.platform.asked.count == id && stage.plane.extensions?.isIdle == true }
            }
        }
        #expect(Set(stage.breakers.all.map(\.installID)) == Set(failing), "every one of them rests, and no other")
        #expect(stage.breakers.states == Array(repeating: .tripped, count: 200))
        #expect(runner.calls.count == 7 + 200 * CircuitBreaker.failuresMax)
    }

    @Test func `is not blamed for a sandbox that cannot go on`() async throws {
        let runner = ScriptedRunner(), stage = try ChatStage(Samples.install(), runner: runner)
        runner.when(fails: .unavailable)
        try await stage.running {
            for id in 1...8 { stage.say("m\(id)", "!rank") }
            await until { runner.calls.count == 8 }
        }
        #expect(stage.breakers.all.isEmpty)
    }

    @Test func `is tried when another worker had suspended it`() async throws {
        let runner = ScriptedRunner()
        let stage = try ChatStage(
            Samples.install { $0.trip = .init(reason: "it failed", at: Samples.now) }, runner: runner)
        try await stage.running {
            stage.say("m1", "!rank")
            await until { stage.breakers.states == [.recovered] }
        }
    }

    @Test func `is not run with a bundle of another digest, which is reported`() async throws {
        let runner = ScriptedRunner(), stage = try ChatStage(Samples.install(), runner: runner)
        runner.put(.sample("evil"), as: ExtensionBundle.sample("1").digest)
        try await stage.running {
            stage.say("m1", "!rank")
            await until { stage.breakers.states == [.tripped] }
        }
        #expect(runner.loads.isEmpty && runner.calls.isEmpty)
        #expect(stage.breakers.all[0].reason?.contains("has the digest") == true)
    }

    @Test func `waits for a bundle that has not come yet`() async throws {
        let runner = ScriptedRunner(), stage = try ChatStage(Samples.install(), runner: runner)
        runner.removeBundles()
        try await stage.running {
            stage.say("m1", "!rank")
            await until { runner.bundleRequests == 1 && stage.plane.extensions?.isIdle == true }
            runner.put(.sample("1"))
            stage.clock.advance(by: .seconds(1))
            stage.say("m2", "!rank")
            await until { runner.calls.count == 1 }
        }
        #expect(stage.breakers.all.isEmpty)
    }

    @Test func `keeps no others waiting while it is loaded`() async throws {
        let runner = ScriptedRunner(), gate = Gate(), stage = try ChatStage(Samples.install(), runner: runner)
        runner.holdLoads(gate)
        try await stage.running {
            for id in 1...10 { stage.say("m\(id)", "!rank") }
            await until { runner.loads.count == 1 }
            gate.value = true
            await until { runner.calls.count == 10 }
        }
        #expect(runner.loads.count == 1)
    }

    @Test func `goes on with its old version until the new one stands`() async throws {
        let runner = ScriptedRunner(), gate = Gate(), stage = try ChatStage(Samples.install(), runner: runner)
        runner.put(.sample("2"))
        try await stage.running {
            stage.say("m1", "!rank")
            await until { runner.calls.count == 1 }
            runner.holdLoads(gate)
            stage.put(Samples.install(version: "2"))
            for id in 2...6 { stage.say("m\(id)", "!rank") }
            await until { runner.calls.count == 6 && runner.loads.count == 2 }
            gate.value = true
            await until { stage.plane.extensions?.isIdle == true }
            stage.say("m7", "!rank")
            await until { runner.calls.count == 7 }
        }
        #expect(runner.loads.map { $0.modules["main.js"] } == ["// 1", "// 2"])
        #expect(runner.unloaded.isEmpty)
    }

    @Test func `goes on with its old version when the new one cannot be loaded`() async throws {
        let runner = ScriptedRunner(), stage = try ChatStage(Samples.install(), runner: runner)
        runner.put(.sample("2"))
        try await stage.running {
            stage.say("m1", "!rank")
            await until { runner.calls.count == 1 }
            runner.failLoads(SandboxFailure(.script, "a word is misspelt"))
            stage.put(Samples.install(version: "2"))
            for id in 2...6 {
                stage.say("m\(id)", "!rank")
                await until { stage.plane.extensions?.isIdle == true }
            }
        }
        #expect(runner.calls.count == 6)
        #expect(stage.breakers.all.isEmpty, "what runs has done nothing wrong")
    }
}
