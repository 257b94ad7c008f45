import Domain
import Platforms
import Synchronization
import TestTools
import Testing

@testable import Worker

@Suite("What only others know", .timeLimit(.minutes(1)))
struct CommandVariablesTests {
    /// A channel that is live, and a platform that is asked.
    private final class Streams: StreamWatching {
        private let asked = Mutex(0)
        let state: StreamState
        init(_ state: StreamState) { self.state = state }
        var count: Int { asked.withLock { $0 } }

        func streamState(of channel: ChatChannel) async -> StreamState {
            asked.withLock { $0 += 1 }
            return state
        }
    }

    private struct NoUses: UseCounting {
        struct Away: Error {}
        func count(_ use: CommandUse) async throws -> Int { throw Away() }
    }

    /// One that does not answer.
    private struct SlowUses: UseCounting {
        func count(_ use: CommandUse) async throws -> Int {
            try await Task.sleep(for: .seconds(3_600))
            return 0
        }
    }

    private func say(_ texts: String..., on stage: ChatStage) async throws -> [String] {
        try await stage.running {
            for text in texts { await self.say(text, on: stage) }
        }
        return stage.said
    }

    private func say(_ text: String, on stage: ChatStage) async {
        let count = stage.said.count
        stage.say("m\(count)", text)
        await until { stage.said.count > count }
    }

    @Test func `is counted for each command of an account, in all its channels`() async throws {
        let stage = try ChatStage(Samples.command("so", says: "no. {count}"), Samples.command("b", says: "b {count}"))
        #expect(try await say("!so", "!so", "!b", "!so", on: stage) == ["no. 1", "no. 2", "b 1", "no. 3"])
    }

    @Test func `is left out when nobody can tell it`() async throws {
        let stage = try ChatStage(Samples.command("so", says: "{count} {uptime}"), uses: NoUses())
        #expect(try await say("!so", on: stage) == ["? unknown"])
    }

    @Test func `is waited for half a second`() async throws {
        let stage = try ChatStage(Samples.command("so", says: "no. {count}"), uses: SlowUses())
        try await stage.running {
            stage.say("m1", "!so")
            await until { !stage.plane.commands.isIdle && stage.clock.sleeperCount > 0 }
            for _ in 0..<100 where stage.said.isEmpty {
                stage.clock.advance(by: .milliseconds(50))
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        #expect(stage.said == ["no. ?"])
    }

    @Test func `about the stream is asked of the platform, and believed for a while`() async throws {
        let streams = Streams(.live(since: Samples.now.adding(seconds: -3_700)))
        let stage = try ChatStage(Samples.command("up", says: "{uptime}"), streams: streams)
        try await stage.running {
            for _ in 1...2 { await say("!up", on: stage) }
            #expect(streams.count == 1)
            stage.clock.advance(by: StreamBook.span)
            await say("!up", on: stage)
            #expect(streams.count == 2)
        }
        #expect(stage.said == Array(repeating: "1 h 1 min", count: 2) + ["1 h 2 min"])
    }
}
