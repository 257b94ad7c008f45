import RedisStage
import Testing

@testable import Redis

@Suite("A Redis that refuses", .timeLimit(.minutes(2)))
struct RedisErrorTests {
    private func failure(_ url: RedisURL, _ command: RedisCommand) async -> RedisError? {
        let connection = RedisConnection(url)
        return await #expect(throws: RedisError.self) { _ = try await connection.send(command) }
    }

    @Test func `lets in only who knows the password`() async throws {
        let server = try RedisServer(["--requirepass", "secret"]) {
            RedisURL(host: "127.0.0.1", port: $0, password: "secret")
        }
        defer { server.kill() }
        #expect(try server.send("PING").text == "PONG")
        var url = server.url
        url.password = nil
        let without = await failure(url, RedisCommand("PING"))
        #expect(without?.kind == .authentication && without?.description.contains("put the password") == true)
        url.password = "wrong"
        let wrong = await failure(url, RedisCommand("PING"))
        #expect(wrong?.kind == .authentication && wrong?.description.contains("correct user and password") == true)
        try server.send("ACL", "SETUSER", "bob", "on", ">hush", "~*", "+ping", "+get")
        (url.user, url.password) = ("bob", "hush")
        #expect(await failure(url, RedisCommand("SET", "a", "b"))?.kind == .forbidden)
    }

    @Test func `knows no password although one is given`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        var url = server.url
        (url.user, url.password) = ("bob", "secret")
        #expect(await failure(url, RedisCommand("PING"))?.kind == .authentication)
    }

    @Test func `is a replica`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        try server.send("REPLICAOF", "127.0.0.1", "\(try RedisServer.freePort())")
        let error = await failure(server.url, RedisCommand("SET", "a", "b"))
        #expect(error?.kind == .readOnly && error?.description.contains("primary") == true)
    }

    @Test func `has no memory left`() async throws {
        let server = try RedisServer(["--maxmemory", "1", "--maxmemory-policy", "noeviction"])
        defer { server.kill() }
        let error = await failure(server.url, RedisCommand("SET", "a", "b"))
        #expect(error?.kind == .outOfMemory && error?.description.contains("maxmemory") == true)
        #expect(
            await failure(server.url, RedisCommand("EVAL", "return redis.call('SET', KEYS[1], '1')", "1", "a"))?.kind
                == .outOfMemory)
    }

    @Test(arguments: [
        ("MOVED 866 127.0.0.1:7001", RedisError.Kind.moved),
        ("LOADING Redis is loading the dataset in memory", .loading),
        ("MISCONF Redis is configured to save RDB snapshots", .readOnly), ("NOSCRIPT No matching script", .noScript),
        ("ERR invalid password", .authentication), ("ERR unknown command", .refused),
        ("ERR Error running script: WRONGTYPE Operation against a key", .wrongType),
    ])
    func `is understood`(reply: String, kind: RedisError.Kind) {
        let error = RedisError(reply: reply)
        #expect(error.kind == kind && error.description.contains(reply) && !error.isConnectionBroken)
    }

    @Test func `has no database of that number`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        var url = server.url
        url.database = 99
        #expect(await failure(url, RedisCommand("PING"))?.kind == .refused)
    }
}
