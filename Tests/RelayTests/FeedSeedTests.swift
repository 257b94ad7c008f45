import Domain
import Redis
import RedisStage
import Relay
import TestTools
import Testing

@Suite("A seed", .timeLimit(.minutes(5)))
struct FeedSeedTests {
    /// So many that they travel in many pieces.
    private static let documents = 10_000

    @Test func `of many documents takes the place of what was lost`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        try await FeedStage.with { stage in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<500 {
                    group.addTask {
                        for number in 0..<(Self.documents / 500) {
                            try await stage.register("acct_\(worker)_\(number)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await stage.relay(to: server.url).running {
                await stage.expectMirror(in: server)
                try server.send("DEL", "{lumio}:head")
                #expect(await eventually { try server.send("EXISTS", "{lumio}:head").integer == 1 })
                await stage.expectMirror(in: server)
                #expect(try RedisMirror.read(server.url)?.documents.count == Self.documents)
                try await stage.rename(10, of: "acct_0_0")
                await stage.expectMirror(in: server)
            }
        }
    }
}
