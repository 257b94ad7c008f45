import Domain
import Sandbox
import TestTools
import Testing

@testable import Worker

@Suite("An extension that is stopped", .timeLimit(.minutes(1)))
struct ExtensionStopTests {
    private static let stops: [(name: String, off: FeedEntry, on: FeedEntry)] = [
        ("killed", Samples.install { $0.kill = .init(reason: "it spams", at: Samples.now) }, Samples.install()),
        ("disabled", Samples.install { $0.enabled = false }, Samples.install()),
        ("suspended", Samples.extension(isSuspended: true), Samples.extension(isSuspended: false)),
        ("off the plan", Samples.account("acct_1", plan: .free), Samples.account("acct_1")),
        ("paused with its bot", Samples.bot("acct_1", .twitch, isPaused: true), Samples.bot("acct_1", .twitch)),
    ]

    @Test(arguments: stops.indices)
    func `is called no more, until it is let go on`(index: Int) async throws {
        let (name, off, on) = Self.stops[index]
        let runner = ScriptedRunner(), stage = try ChatStage(Samples.install(), runner: runner)
        try await stage.running {
            stage.put(off)
            stage.say("m1", "!rank")
            stage.put(on)
            stage.say("m2", "!rank")
            await until { runner.calls.count == 1 && stage.plane.extensions?.isIdle == true }
        }
        #expect(runner.contexts[0]["message"]?["id"] == "m2", "\(name)")
    }

    @Test(arguments: stops.indices)
    func `gets nothing done that it wanted meanwhile`(index: Int) async throws {
        let runner = ScriptedRunner(), stage = try ChatStage(Samples.install(), runner: runner)
        let off = Self.stops[index].off
        runner.when { _ in
            stage.put(off)
            return HandlerEnd(.returned(Array(#"{"type":"say","text":"a"}"#.utf8)))
        }
        try await stage.running {
            stage.say("m1", "!rank")
            await until { stage.plane.extensions?.counts.dropped == 1 }
        }
        #expect(stage.platform.asked.isEmpty && stage.records.isEmpty)
    }

    @Test(arguments: stops.indices)
    func `is asked about once more at the moment of sending`(index: Int) async throws {
        let runner = ScriptedRunner(), stage = try ChatStage(Samples.install(), runner: runner)
        let record = ModerationRecord(
            at: stage.now, worker: "w", channel: .sample("1"), messageID: "m", author: .sample(), text: "",
            module: Samples.install.moduleName, rule: "rank", action: .delete, reason: "", outcome: .observed)
        var action = PendingAction(.delete(messageID: "m"), record: record, decidedAt: stage.clock.now)
        action.origin = .install(try #require(stage.live.read { $0.set.install(Samples.install) }))
        #expect(stage.live.mayDo(action))
        stage.put(Self.stops[index].off)
        #expect(!stage.live.mayDo(action))
    }

    @Test func `does not get done later what it wanted before it was killed`() async throws {
        let runner = ScriptedRunner(), stage = try ChatStage(Samples.install(), runner: runner)
        runner.when { _ in
            stage.put(Self.stops[0].off)
            stage.put(Self.stops[0].on)
            return HandlerEnd(.returned(Array(#"{"type":"say","text":"a"}"#.utf8)))
        }
        try await stage.running {
            stage.say("m1", "!rank")
            await until { stage.plane.extensions?.counts.dropped == 1 }
        }
        #expect(stage.platform.asked.isEmpty)
    }

    @Test func `is let go of by the sandbox`() async throws {
        let runner = ScriptedRunner(), stage = try ChatStage(Samples.install(), runner: runner)
        try await stage.running {
            stage.say("m1", "!rank")
            await until { runner.calls.count == 1 }
            stage.put(Self.stops[0].off)
            await until {
                stage.clock.advance(by: ShelfKeeper.delay)
                return runner.unloaded == [Samples.install]
            }
            stage.put(Self.stops[0].on)
            stage.say("m2", "!rank")
            await until { runner.loads.count == 2 && runner.calls.count == 2 }
        }
    }

    @Test func `cannot come back by a document that nobody can read`() throws {
        let stage = try ChatStage(Samples.install(), Samples.extension(isSuspended: true))
        stage.put(Samples.extension(isSuspended: true).saying("{"))
        #expect(stage.live.read { $0.set.activeInstalls(of: .one) }.isEmpty)
        let other = try ChatStage(Samples.install(), Samples.extension(isSuspended: false).saying("{"))
        #expect(other.live.read { $0.set.activeInstalls(of: .one) }.isEmpty)
    }
}
