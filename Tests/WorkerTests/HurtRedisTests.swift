import Domain
import Redis
import RedisStage
import Relay
import Synchronization
import TestTools
import Testing

@testable import Worker

@Suite("A worker, when Redis refuses", .timeLimit(.minutes(1)))
struct HurtRedisTests {
    private func isUpToDate(_ plane: DataPlane, _ stage: FeedStage) -> Bool {
        let head = stage.head
        return plane.live.read { $0.set.cursor == head.last && $0.set.digest == head.digest && $0.isCaughtUp }
            && plane.live.freshness == .live
    }

    @Test func `goes on and is heard while Redis is full`() async throws {
        let server = try RedisServer(["--maxmemory-policy", "noeviction"])
        defer { server.kill() }
        let heard = Mutex(0), plane = try DataPlane.quiet("w", RedisFeed(server.url))
        try await FeedStage.with { stage in
            try await stage.relay(to: server.url) { _ in heard.withLock { $0 += 1 } }.running {
                try await plane.running {
                    try await stage.register()
                    let comes = await eventually { isUpToDate(plane, stage) && heard.withLock { $0 } > 0 }
                    #expect(comes)
                    try server.send("CONFIG", "SET", "maxmemory", "1")
                    #expect(throws: RedisError.self) { try server.send("SET", "x", "y") }
                    let before = heard.withLock { $0 }
                    // Its word cannot be kept; it is said all the same.
                    let speaks = await eventually { heard.withLock { $0 } > before + 1 }
                    #expect(speaks)
                    try await stage.rename(5)
                    try server.send("CONFIG", "SET", "maxmemory", "0")
                    let goesOn = await eventually { isUpToDate(plane, stage) }
                    #expect(goesOn)
                    let keeps = await eventually {
                        try server.send("EXISTS", "{lumio}:worker:w").integer == 1
                    }
                    #expect(keeps)
                }
            }
        }
    }

    @Test func `follows a replica, although its word cannot be kept there`() async throws {
        let primary = try RedisServer()
        defer { primary.kill() }
        let replica = try RedisServer(["--replicaof", "127.0.0.1 \(primary.port)", "--repl-diskless-sync-delay", "0"])
        defer { replica.kill() }
        let feed = RedisFeed(replica.url), plane = try DataPlane.quiet("w", feed)
        try await FeedStage.with { stage in
            try await stage.register()
            try await stage.relay(to: primary.url).running {
                try await plane.running {
                    let comes = await eventually { isUpToDate(plane, stage) }
                    #expect(comes)
                    try await stage.rename(5)
                    let follows = await eventually { isUpToDate(plane, stage) }
                    #expect(follows)
                    let word = Acknowledgement(
                        worker: "w", transport: .redis, epoch: "e", applied: .zero, seen: .zero,
                        digest: DocumentDigest(), accounts: 0, version: "1", at: Samples.now)
                    let error = await #expect(throws: RedisError.self) { try await feed.acknowledge(word) }
                    #expect(error?.kind == .readOnly)
                }
            }
        }
    }

    @Test(arguments: [nil, "wrong"])
    func `gives up when it is not let in and knows nothing, and says what to do`(password: String?) async throws {
        let server = try RedisServer(["--requirepass", "secret"])
        defer { server.kill() }
        let url = RedisURL(host: "127.0.0.1", port: server.port, password: password)
        let plane = try DataPlane.quiet("w", RedisFeed(url))
        let error = await #expect(throws: FeedFollower.GaveUp.self) { try await plane.follower.run() }
        #expect(error?.description.contains(RedisURL.form) == true)
    }

    @Test func `keeps what it knows while it is not let in any more, and comes back`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        let plane = try DataPlane.quiet("w", RedisFeed(server.url))
        try await FeedStage.with { stage in
            try await stage.register()
            try await stage.relay(to: server.url).running {
                try await plane.running {
                    let comes = await eventually { isUpToDate(plane, stage) }
                    #expect(comes)
                    let session = try RedisSession(server.url)
                    _ = try session.send(RedisCommand("CONFIG", "SET", "requirepass", "secret"))
                    _ = try session.send(RedisCommand("CLIENT", "KILL", "TYPE", "normal"))
                    try await stage.rename(5)
                    await #expect(throws: FeedFailure.self) { _ = try await RedisFeed(server.url).snapshot() }
                    #expect(plane.live.read { $0.set.accountCount } == 1)
                    _ = try session.send(RedisCommand("CONFIG", "SET", "requirepass", ""))
                    let returns = await eventually { isUpToDate(plane, stage) }
                    #expect(returns)
                }
            }
        }
    }
}
