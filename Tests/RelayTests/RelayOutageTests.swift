import Domain
import Foundation
import Projections
import Redis
import RedisStage
import Relay
import TestTools
import Testing

@Suite("The relay, when Redis is hurt", .timeLimit(.minutes(5)))
struct RelayOutageTests {
    /// Lends a relay that has written some changes, hurts Redis, writes more, and expects both to be equal again.
    private func after(
        options: [String] = [], settings: RelaySettings = .test, location: SourceLocation = #_sourceLocation,
        _ hurt: (RedisServer, FeedStage, FeedRelay) async throws -> Void
    ) async throws {
        let server = try RedisServer(options)
        defer { server.kill() }
        try await FeedStage.with { stage in
            try await stage.register()
            let relay = stage.relay(to: server.url, settings)
            try await relay.running {
                await stage.expectMirror(in: server, location: location)
                try await stage.rename(50)
                await stage.expectMirror(in: server, location: location)
                try await hurt(server, stage, relay)
                try await stage.rename(5, "after")
                await stage.expectMirror(in: server, location: location)
                #expect(await eventually { relay.status.isConnected && relay.status.failure == nil })
            }
        }
    }

    @Test(arguments: ["FLUSHALL", "DEL head", "DEL stream", "DEL state", "SET head", "SET stream", "XADD", "HDEL"])
    func `fills it again after`(command: String) async throws {
        try await after { server, _, relay in
            let generation = try #require(relay.status.generation), keys = FeedKeys()
            switch command {
            case "FLUSHALL": try server.send("FLUSHALL")
            case "DEL head": try server.send("DEL", keys.head)
            case "DEL stream": try server.send("DEL", keys.stream(generation))
            case "DEL state": try server.send("DEL", keys.state(generation, .account))
            case "SET head": try server.send("SET", keys.head, "mine")
            case "SET stream": try server.send("SET", keys.stream(generation), "mine")
            case "XADD": try server.send("XADD", keys.stream(generation), "1000-0", "a", "b")
            default: try server.send("HDEL", keys.state(generation, .account), "acct_1")
            }
        }
    }

    @Test func `does not mind that the stream was trimmed to nothing`() async throws {
        try await after { server, _, relay in
            let generation = try #require(relay.status.generation)
            try server.send("XTRIM", FeedKeys().stream(generation), "MAXLEN", "0")
            try await Task.sleep(for: .milliseconds(500))
            #expect(relay.status.generation == generation)
        }
    }

    @Test func `finds everything lost with a Redis that was killed, by itself and with nothing to write`() async throws
    {
        try await after { server, stage, relay in
            server.kill()
            try await stage.rename(5, "meanwhile")
            #expect(await eventually { !relay.status.isConnected })
            #expect(relay.status.failure?.contains("Redis at") == true)
            let polled = relay.status.lastPollAt
            try await Task.sleep(for: .milliseconds(300))
            #expect(relay.status.lastPollAt == polled && relay.status.lagPositions == 5)
            try server.start()
            await stage.expectMirror(in: server)
        }
    }

    @Test(arguments: [true, false])
    func `goes on with a Redis that has kept everything`(isKilled: Bool) async throws {
        try await after(options: ["--appendonly", "yes", "--appendfsync", "always"]) { server, stage, relay in
            let generation = relay.status.generation
            isKilled ? server.kill() : server.stop()
            try await stage.rename(5, "meanwhile")
            try server.start()
            await stage.expectMirror(in: server)
            #expect(relay.status.generation == generation)
        }
    }

    @Test func `refills a Redis that comes back with an older file`() async throws {
        try await after(options: ["--appendonly", "yes", "--appendfsync", "always"]) { server, stage, relay in
            let generation = relay.status.generation
            let older = server.file("older"), files = server.file("appendonlydir")
            try FileManager.default.copyItem(atPath: files, toPath: older)
            try await stage.rename(2_500, "newer")
            await stage.expectMirror(in: server)
            server.kill()
            try FileManager.default.removeItem(atPath: files)
            try FileManager.default.moveItem(atPath: older, toPath: files)
            try server.start()
            await stage.expectMirror(in: server)
            #expect(relay.status.generation == generation)
        }
    }

    @Test func `waits while a password is demanded, and says so`() async throws {
        try await after { server, stage, relay in
            let operatorSession = try RedisSession(server.url)
            _ = try operatorSession.send(RedisCommand("CONFIG", "SET", "requirepass", "secret"))
            _ = try operatorSession.send(RedisCommand("CLIENT", "KILL", "TYPE", "normal"))
            #expect(await eventually { relay.status.failure?.contains("put the password") == true })
            #expect(!relay.status.isConnected)
            try await stage.rename(5, "meanwhile")
            _ = try operatorSession.send(RedisCommand("CONFIG", "SET", "requirepass", ""))
        }
    }

    @Test func `waits while Redis is a replica, or has no memory, and says so`() async throws {
        try await after { server, stage, relay in
            try server.send("REPLICAOF", "127.0.0.1", "\(try RedisServer.freePort())")
            try await stage.rename(5, "meanwhile")
            #expect(await eventually { relay.status.failure?.contains("replica") == true }, "\(relay.status)")
            try server.send("REPLICAOF", "NO", "ONE")
            await stage.expectMirror(in: server)
            try server.send("CONFIG", "SET", "maxmemory-policy", "noeviction")
            try server.send("CONFIG", "SET", "maxmemory", "1")
            try await stage.rename(5, "meanwhile, too")
            #expect(await eventually { relay.status.failure?.contains("maxmemory") == true }, "\(relay.status)")
            #expect(relay.status.lagPositions == 5)
            try server.send("CONFIG", "SET", "maxmemory", "0")
        }
    }

    @Test func `notices a network that stalls, while commands go on`() async throws {
        try await after { server, stage, relay in
            server.stall()
            try await stage.rename(5, "meanwhile")
            #expect(await eventually { relay.status.failure?.contains("did not answer") == true }, "\(relay.status)")
            #expect(!relay.status.isConnected)
            server.goOn()
        }
    }

    @Test func `begins anew for the line of history of a restored journal`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        try await FeedStage.with { stage in
            try await stage.register()
            try await stage.relay(to: server.url).running {
                await stage.expectMirror(in: server)
            }
        }
        try await FeedStage.with { other in
            let relay = other.relay(to: server.url)
            try await relay.running {
                // It cannot know at once that nobody keeps the other one up.
                #expect(await eventually { relay.status.failure?.contains("another journal") == true })
                await other.expectMirror(in: server)
                #expect(relay.status.generation?.number == 2)
                let old = try #require(try server.send("KEYS", "{lumio}:feed:*.1").array?.first?.text)
                #expect(try #require(try server.send("TTL", old).integer) > 0)
            }
        }
    }

    @Test func `leaves the feed of another server alone that uses the same prefix`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        try await FeedStage.with { one in
            try await FeedStage.with { two in
                let first = one.relay(to: server.url), second = two.relay(to: server.url)
                try await first.running {
                    await one.expectMirror(in: server)
                    try await second.running {
                        try await Task.sleep(for: .seconds(3))
                        #expect(second.status.failure?.contains("another prefix") == true)
                        #expect(first.status.failure == nil && first.status.generation?.number == 1)
                        #expect(try one.isMirrored(in: server))
                    }
                }
            }
        }
    }
}
