import Domain
import GRDB
import Projections
import Redis
import RedisStage
import Relay
import Testing

@testable import Worker

/// Documents that were wrong in the read models' file, as after a fault in a projection, and are put right.
@Suite("A rebuild that changed documents", .timeLimit(.minutes(1)))
struct RebuiltFeedTests {
    private func tamper(_ directory: TemporaryDirectory) throws {
        let file = try DatabaseQueue(path: directory.path + "/read-models.1.sqlite")
        try file.write { try $0.execute(sql: "UPDATE accounts SET name = 'tampered'") }
        try file.close()
    }

    private func isUpToDate(_ plane: DataPlane, _ stage: FeedStage) -> Bool {
        let head = stage.head
        return plane.live.read {
            $0.set.epoch == head.epoch && $0.set.cursor == head.last && $0.set.digest == head.digest && $0.isCaughtUp
        }
    }

    @Test func `brings workers to the new generation, with equal digests`() async throws {
        let server = try RedisServer(), directory = try TemporaryDirectory()
        defer { server.kill() }
        let old = try DataPlane.quiet("old", RedisFeed(server.url)),
            new = try DataPlane.quiet("new", RedisFeed(server.url))
        try await old.running {
            try await FeedStage.with(in: directory) { stage in
                try await stage.relay(to: server.url).running {
                    try await stage.register()
                    let comes = await RedisStage.eventually { isUpToDate(old, stage) }
                    #expect(comes)
                }
            }
            try tamper(directory)
            try server.send("FLUSHALL")
            try await FeedStage.with(in: directory) { stage in
                let relay = stage.relay(to: server.url), before = stage.head.epoch
                try await relay.running {
                    let seeds = await RedisStage.eventually { relay.status.generation != nil }
                    #expect(seeds)
                    // What is seeded does not add up: nobody takes it.
                    let snapshot = try await RedisFeed(server.url).snapshot()
                    #expect(RedisSnapshot.digest(of: snapshot.entries) != snapshot.head.digest)
                    try await new.running {
                        let report = try await stage.readModels.rebuild()
                        #expect(!report.differences.isEmpty && stage.head.epoch != before)
                        let bothCome = await RedisStage.eventually { isUpToDate(old, stage) && isUpToDate(new, stage) }
                        #expect(bothCome)
                        try await stage.rename(3)
                        let bothFollow = await RedisStage.eventually {
                            isUpToDate(old, stage) && isUpToDate(new, stage)
                        }
                        #expect(bothFollow && new.live.read { $0.set.tenant(.one)?.account?.name } == "name 2")
                        #expect(try server.send("KEYS", "{lumio}:feed:*").array?.count == 2)
                        let stale = FeedKeys().stream(FeedGeneration(epoch: before, number: 1))
                        #expect(try #require(try server.send("TTL", stale).integer) > 0, "the old keys expire")
                    }
                }
            }
        }
    }
}
