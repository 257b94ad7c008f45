import Domain
import GRDB
import Projections
import Redis
import RedisStage
import Relay
import Testing
import TestTools

@testable import Worker

/// Documents that were wrong in the read models' file, as after a fault in a projection, and are put right.
@Suite("A rebuild that changed documents", .timeLimit(.minutes(1)))
struct RebuiltFeedTests {
    private func tamper(_ directory: TemporaryDirectory) throws {
        let file = try DatabaseQueue(path: directory.path + "/read-models.1.sqlite")
        try file.write { try $0.execute(sql: "UPDATE accounts SET name = 'tampered'") }
        try file.close()
    }

    private func isUpToDate(_ worker: AuditedWorker, _ stage: FeedStage) -> Bool {
        let head = stage.head
        return worker.plane.live.read {
            $0.set.epoch == head.epoch && $0.set.cursor == head.last && $0.set.digest == head.digest && $0.isCaughtUp
        }
    }

    @Test func `brings workers to the new generation, with equal digests`() async throws {
        let server = try RedisServer(), directory = try TemporaryDirectory()
        defer { server.kill() }
        let old = try AuditedWorker(name: "old", source: RedisFeed(server.url))
        try await FeedStage.with(in: directory) { stage in
            try await stage.relay(to: server.url).running {
                try await stage.register()
                let comes = await eventually { isUpToDate(old, stage) }
                #expect(comes)
            }
        }
        try tamper(directory)
        try server.send("FLUSHALL")
        try await FeedStage.with(in: directory) { stage in
            let relay = stage.relay(to: server.url), before = stage.head.epoch
            try await relay.running {
                let seeds = await eventually { relay.status.generation != nil }
                #expect(seeds)
                // What is seeded does not add up: nobody takes it.
                let snapshot = try await RedisFeed(server.url).snapshot()
                #expect(RedisSnapshot.digest(of: snapshot.entries) != snapshot.head.digest)
                let new = try AuditedWorker(name: "new", source: RedisFeed(server.url)), both = [old, new]
                let report = try await stage.readModels.rebuild()
                #expect(!report.differences.isEmpty && stage.head.epoch != before)
                let bothCome = await eventually { both.allSatisfy { isUpToDate($0, stage) } }
                #expect(bothCome)
                try await stage.rename(3)
                let bothFollow = await eventually { both.allSatisfy { isUpToDate($0, stage) } }
                let account = AccountID(stored: "acct_1")
                #expect(bothFollow && new.plane.live.read { $0.set.tenant(account)?.account?.name } == "name 2")
                let stale = FeedKeys().stream(FeedGeneration(epoch: before, number: 1))
                #expect(try #require(try server.send("TTL", stale).integer) > 0, "the old keys expire")
                for worker in both {
                    #expect(worker.findings.faults == [] && worker.findings.changes > 0)
                    await worker.stop()
                }
            }
        }
    }
}
