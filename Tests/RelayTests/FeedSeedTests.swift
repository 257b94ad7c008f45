import Domain
import Redis
import RedisStage
import Relay
import Testing

@Suite("A seed", .timeLimit(.minutes(5)))
struct FeedSeedTests {
    /// In a release build it takes less than two seconds; here it only must come to the right end.
    @Test func `of a hundred thousand documents leaves Redis free for others, and replaces the old one at once`() async throws
    {
        let server = try RedisServer()
        defer { server.kill() }
        try await FeedStage.with { stage in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<500 {
                    group.addTask {
                        for number in 0..<200 { try await stage.register("acct_\(worker)_\(number)") }
                    }
                }
                try await group.waitForAll()
            }
            try await stage.relay(to: server.url).running {
                await stage.expectMirror(in: server)
                let started = ContinuousClock.now
                try server.send("DEL", "{lumio}:head")
                #expect(await eventually { try server.send("EXISTS", "{lumio}:head").integer == 1 })
                print("100,000 documents seeded after \(started.duration(to: .now))")
                await stage.expectMirror(in: server)
                #expect(try RedisMirror.read(server.url)?.documents.count == 100_000)
                try await stage.rename(10, of: "acct_0_0")
                await stage.expectMirror(in: server)
            }
        }
    }
}
