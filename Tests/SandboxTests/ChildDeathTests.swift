import Domain
import Foundation
import Sandbox
import Testing

@Suite("A child of the sandbox", .serialized)
struct ChildDeathTests {
    static let well = SandboxStage.handler("() => 'well'")
    /// A built-in that does not heed being stopped.
    static let stuck = SandboxStage.handler("() => Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)")

    @Test func `that is killed from outside is replaced, and nobody notices`() async throws {
        let stage = try SandboxStage()
        for number in 1...5 { try await stage.load(number, Self.well) }
        for _ in 0..<3 {
            let child = try #require(stage.pool.processIDs.first)
            kill(child, SIGKILL)
            for number in 1...5 { #expect(try await stage.answer(number, wall: .seconds(2)) == #""well""#) }
            #expect(stage.pool.processIDs.first != child)
        }
    }

    @Test func `that is killed from outside while calls are under way runs them again in another`() async throws {
        let stage = try SandboxStage()
        try await stage.load(1, SandboxStage.handler("() => { for (let i = 0; i < 2e4; i++); return 'well' }"))
        let ends = await withTaskGroup(of: HandlerEnd.self) { group in
            for number in 0..<200 {
                group.addTask {
                    if number % 50 == 25, let child = stage.pool.processIDs.first { kill(child, SIGKILL) }
                    return await stage.run(1, wall: .seconds(5))
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        // Nobody is to blame; who was running twice in a row when his child was killed cannot be told from who was.
        #expect(ends.count { (try? $0.answer()) == #""well""# } >= 196)
        #expect(ends.allSatisfy { $0.failure == nil || $0.failure?.kind == .killed })
    }

    @Test func `that is killed does not repeat what has asked the host`() async throws {
        let host = RecordingHost(delay: .milliseconds(200))
        let stage = try SandboxStage(host: host)
        try await stage.load(1, SandboxStage.handler("async (ctx) => ctx.kv.increment('a')"), capabilities: [.kv])
        async let end = stage.run(1, wall: .seconds(2))
        while host.questions.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        kill(try #require(stage.pool.processIDs.first), SIGKILL)
        #expect(await end.failure?.kind == .unavailable)
        #expect(host.questions.count == 1)
        #expect(try await stage.answer(1, wall: .seconds(2)) == "2")
    }

    @Test func `that had to be ended takes only the one with it that was at fault`() async throws {
        let stage = try SandboxStage()
        for number in 1...20 { try await stage.load(number, Self.well) }
        try await stage.load(99, Self.stuck)
        for number in 1...20 { #expect(try await stage.answer(number) == #""well""#) }
        async let guilty = stage.run(99)
        try await Task.sleep(for: .milliseconds(20))
        let others = await withTaskGroup(of: HandlerEnd.self) { group in
            for number in 1...20 { group.addTask { await stage.run(number, wall: .seconds(3)) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(await guilty.failure?.kind == .killed)
        #expect(others.allSatisfy { (try? $0.answer()) == #""well""# })
        #expect(stage.heard.contains { $0.contains("could not be stopped") })
    }

    @Test func `that stands still is ended by its parent`() async throws {
        let stage = try SandboxStage()
        try await stage.load(1, Self.well)
        try await stage.load(2, SandboxStage.handler("() => { for (;;) {} }"))
        let child = try #require(stage.pool.processIDs.first)
        async let guilty = stage.run(2, wall: .seconds(3))
        try await Task.sleep(for: .milliseconds(20))
        // As if the machine had no time for it: its own watch stands still, too.
        kill(child, SIGSTOP)
        #expect(await guilty.failure?.kind == .killed)
        #expect(try await stage.answer(1) == #""well""#)
    }

    @Test func `serves a neighbour in time while 200 installs fail at once`() async throws {
        let stage = try SandboxStage()
        try await stage.load(1, Self.well)
        #expect(try await stage.answer(1) == #""well""#)
        for number in 2...201 { try await stage.load(number, SandboxStage.handler("() => { for (;;) {} }")) }
        async let visits = Neighbour(stage, 1).visit(for: .seconds(2))
        let ends = await withTaskGroup(of: HandlerEnd.self) { group in
            for number in 2...201 { group.addTask { await stage.run(number) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(try await visits < .milliseconds(500))
        #expect(ends.allSatisfy { $0.failure?.kind == .timeout || $0.failure?.kind == .unavailable })
        #expect(ends.contains { $0.failure?.kind == .timeout })
        #expect(try await stage.answer(1) == #""well""#)
    }

    @Test func `serves a neighbour in time while it is killed from outside again and again`() async throws {
        let stage = try SandboxStage()
        for number in 1...20 { try await stage.load(number, Self.well) }
        #expect(try await stage.answer(1) == #""well""#)
        async let visits = Neighbour(stage, 1).visit(for: .seconds(2))
        var killed: Set<Int32> = []
        for _ in 0..<6 {
            try await Task.sleep(for: .milliseconds(300))
            for child in stage.pool.processIDs {
                kill(child, SIGKILL)
                killed.insert(child)
            }
        }
        #expect(try await visits < .milliseconds(500))
        #expect(killed.count == 6, "each was another")
        for number in 1...20 { #expect(try await stage.answer(number, wall: .seconds(2)) == #""well""#) }
    }

    @Test func `serves a neighbour in time while another install is upgraded amid its calls`() async throws {
        let stage = try SandboxStage()
        try await stage.load(1, Self.well)
        try await stage.load(2, SandboxStage.handler("() => 0"))
        async let visits = Neighbour(stage, 1).visit(for: .seconds(2))
        async let answers = withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<400 {
                group.addTask { try await stage.answer(2, wall: .seconds(2)) }
                try await Task.sleep(for: .milliseconds(4))
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        for version in 1...20 {
            try await Task.sleep(for: .milliseconds(70))
            try await stage.load(2, SandboxStage.handler("() => \(version)"))
        }
        #expect(try await visits < .milliseconds(500))
        let seen = try await answers.compactMap { Int($0) }
        #expect(seen.allSatisfy { (0...20).contains($0) } && seen.count > 5, "no call is lost to an upgrade")
        #expect(try await stage.answer(2) == "20")
    }

    @Test func `holds 500 installs, and gets them all back when it dies`() async throws {
        let stage = try SandboxStage()
        for number in 1...500 { try await stage.load(number, SandboxStage.handler("() => \(number)")) }
        for number in 1...500 { #expect(try await stage.answer(number) == "\(number)") }
        kill(try #require(stage.pool.processIDs.first), SIGKILL)
        for number in stride(from: 500, to: 0, by: -7) {
            #expect(try await stage.answer(number, wall: .seconds(2)) == "\(number)")
        }
    }

    @Test func `that cannot be started says so`() async throws {
        let pool = SandboxPool(.init(launch: ChildLaunch(executable: "/nowhere/botcontrol")), hosting: RecordingHost())
        let failure = await #expect(throws: SandboxFailure.self) { try await pool.start() }
        #expect(failure?.kind == .unavailable)
        #expect(failure?.message.contains("/nowhere/botcontrol cannot be started") == true)
    }

    @Test func `ends with its pool`() async throws {
        var stage: SandboxStage? = try SandboxStage()
        try await stage?.load(1, Self.well)
        let child = try #require(stage?.pool.processIDs.first)
        stage?.pool.close()
        #expect(await stage?.run(1).failure != nil)
        stage = nil
        for _ in 0..<100 where kill(child, 0) == 0 { try await Task.sleep(for: .milliseconds(20)) }
        #expect(kill(child, 0) != 0)
    }
}
