import Domain
import Projections
import Redis
import RedisStage
import Relay
import Synchronization
import TestTools
import Testing

@testable import Worker

@Suite("The feed over Redis", .timeLimit(.minutes(5)))
struct RedisFeedTests {
    /// Lends a stage with a relay and a follower.
    private func with(
        _ body: (FeedStage, RedisServer, FeedRelay, RedisFollower) async throws -> Void
    ) async throws {
        let server = try RedisServer(["--appendonly", "yes", "--appendfsync", "always"])
        defer { server.kill() }
        try await FeedStage.with { stage in
            try await stage.register()
            let relay = stage.relay(to: server.url), follower = RedisFollower(server)
            try await relay.running {
                await stage.expectMirror(in: server)
                let following = Task { await follower.run() }
                defer { following.cancel() }
                try await body(stage, server, relay, follower)
                let ends = await eventually { try follower.holds(stage) }
                #expect(ends, "\(follower.now.last) of \(stage.head.last)")
                following.cancel()
                await following.value
            }
        }
    }

    @Test func `tells a snapshot, then every change, and then that it is alive`() async throws {
        try await with { stage, _, _, follower in
            let starts = await eventually { follower.now.snapshots == 1 }
            #expect(starts)
            try await stage.rename(30)
            let comes = await eventually { try follower.holds(stage) }
            #expect(comes)
            let lives = await eventually { follower.now.bookmark?.last == stage.head.last }
            #expect(lives && follower.now.bookmark?.digest == stage.head.digest)
            #expect(follower.now.snapshots == 1 && follower.now.gaps == 0 && follower.now.failures == 0)
        }
    }

    @Test func `takes a snapshot of one moment while changes come`() async throws {
        try await with { stage, server, _, _ in
            for number in 0..<300 { try await stage.register("a\(number)") }
            await stage.expectMirror(in: server)
            let feed = RedisFeed(server.url)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for number in 0..<40 {
                        for account in 0..<5 { try await stage.rename(1, "\(number)", of: "a\(account * 50)") }
                    }
                }
                for _ in 0..<20 {
                    let snapshot = try await feed.snapshot()
                    #expect(snapshot.entries.count == 301)
                    // The digest is the relay's word for exactly these documents.
                    var documents: [FeedEntry] = snapshot.entries
                    documents.sort { $0.key < $1.key }
                    #expect(RedisSnapshot.digest(of: documents) == snapshot.head.digest)
                }
                try await group.waitForAll()
            }
        }
    }

    @Test(arguments: ["FLUSHALL", "DEL stream", "XTRIM", "kill", "restart", "DEL head"])
    func `comes to the same after`(strike: String) async throws {
        try await with { stage, server, relay, follower in
            try await stage.rename(20)
            let comes = await eventually { try follower.holds(stage) }
            #expect(comes)
            let stream = FeedKeys().stream(try #require(relay.status.generation))
            switch strike {
            case "FLUSHALL": try server.send("FLUSHALL")
            case "DEL stream": try server.send("DEL", stream)
            case "XTRIM": try server.send("XTRIM", stream, "MAXLEN", "0")
            case "DEL head": try server.send("DEL", "{lumio}:head")
            case "kill":
                server.kill()
                try await stage.rename(5, "meanwhile")
                try server.start()
            default:
                server.stop()
                try server.start()
            }
            try await stage.rename(20, "later")
        }
    }

    @Test func `answers another line of history with a reset`() async throws {
        try await with { stage, server, _, _ in
            let heard = Mutex<[FeedMessage]>([])
            try await RedisFeed(server.url).follow(after: stage.head.last, in: "other.1") { message in
                heard.withLock { $0.append(message) }
            }
            #expect(heard.withLock { $0 } == [.reset])
        }
    }

    @Test func `answers a place that was trimmed away with a reset, also when nothing is left`() async throws {
        try await with { stage, server, relay, _ in
            try await stage.rename(20)
            await stage.expectMirror(in: server)
            let stream = FeedKeys().stream(try #require(relay.status.generation)), feed = RedisFeed(server.url)
            for length in ["5", "0"] {
                try server.send("XTRIM", stream, "MAXLEN", length)
                let heard = Mutex<[FeedMessage]>([])
                try await feed.follow(after: ChangeID(position: 3, index: 0), in: stage.head.epoch) { message in
                    heard.withLock { $0.append(message) }
                }
                #expect(heard.withLock { $0 } == [.reset])
            }
        }
    }

    @Test func `answers a place that was never reached with a reset, once the relay has had its say`() async throws {
        try await with { stage, server, _, _ in
            let heard = Mutex<[FeedMessage]>([])
            let nowhere = ChangeID(position: 99, index: 0)
            try await RedisFeed(server.url).follow(after: nowhere, in: stage.head.epoch) { message in
                heard.withLock { $0.append(message) }
            }
            #expect(heard.withLock { $0 } == [.reset])
        }
    }

    @Test func `says that there is no feed`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        let feed = RedisFeed(server.url)
        let error = await #expect(throws: RedisFeedError.self) { try await feed.snapshot() }
        #expect(error?.description.contains("--redis") == true)
        await #expect(throws: RedisFeedError.self) { try await feed.follow(after: .zero, in: "e.1") { _ in } }
    }

    @Test func `is silent while no relay lives, and ends at once when it is cancelled`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        let head = try await FeedStage.with { stage in
            try await stage.register()
            try await stage.relay(to: server.url).running { await stage.expectMirror(in: server) }
            return stage.head
        }
        let heard = Mutex<[FeedMessage]>([])
        let following = Task {
            try await RedisFeed(server.url).follow(after: head.last, in: head.epoch) { message in
                heard.withLock { $0.append(message) }
            }
        }
        try await Task.sleep(for: .seconds(2.5))
        following.cancel()
        let result = await following.result
        #expect(throws: CancellationError.self) { try result.get() }
        #expect(heard.withLock { $0 } == [])
    }

    @Test func `carries acknowledgements back`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        try await FeedStage.with { stage in
            let heard = Mutex<[Acknowledgement]>([])
            let relay = stage.relay(to: server.url) { new in heard.withLock { $0.append(new) } }
            let word = Acknowledgement(
                worker: "w1", transport: .redis, epoch: stage.head.epoch, applied: .zero, seen: .zero,
                digest: stage.head.digest, accounts: 0, version: "1", at: Timestamp(microseconds: 0))
            try await relay.running {
                await stage.expectMirror(in: server)
                try await RedisFeed(server.url).acknowledge(word)
                let comes = await eventually { heard.withLock { $0.contains(word) } }
                #expect(comes)
                let seconds = try server.send("TTL", "{lumio}:worker:w1").integer ?? 0
                #expect(seconds > 60)
            }
        }
    }
}
