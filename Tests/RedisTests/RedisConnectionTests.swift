import RedisStage
import Synchronization
import TestTools
import Testing

@testable import Redis

@Suite("A Redis connection", .timeLimit(.minutes(2)))
struct RedisConnectionTests {
    @Test func `carries any bytes, and answers of every kind`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        let connection = RedisConnection(server.url)
        let bytes = (0...255).map { UInt8($0) } + Array("\r\n$3\r\n".utf8)
        let replies = try await connection.send([
            RedisCommand("SET", "key").with(bytes), RedisCommand("GET", "key"), RedisCommand("GET", "none"),
            RedisCommand("STRLEN", "key"), RedisCommand("SET", "empty").with([]), RedisCommand("GET", "empty"),
            RedisCommand("EVAL", "return {1, {'a'}, false}", "0"), RedisCommand("NONSENSE"),
            RedisCommand("LPUSH", "key"),
            RedisCommand("LPUSH", "key", "x"),
        ])
        #expect(replies[0] == .status("OK"))
        #expect(replies[1] == .bytes(bytes))
        #expect(replies[2] == .null)
        #expect(replies[3] == .integer(bytes.count))
        #expect(replies[5] == .bytes([]))
        #expect(replies[6] == .array([.integer(1), .array([.bytes([97])]), .null]))
        #expect(throws: RedisError.self) { try replies[7].get() }
        #expect(throws: RedisError.self) { try replies[8].get() }
        #expect { try replies[9].get() } throws: { ($0 as? RedisError)?.kind == .wrongType }
        // One that failed does no harm to the others.
        #expect(try await connection.send(RedisCommand("PING")).text == "PONG")
    }

    @Test func `takes ten thousand commands and megabytes in one round trip`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        let connection = RedisConnection(server.url)
        let big = Array(repeating: UInt8(7), count: 5_000_000)
        let commands = (0..<10_000).map { RedisCommand("SET", "key:\($0)", "\($0)") } + [RedisCommand("ECHO").with(big)]
        let replies = try await connection.send(commands)
        #expect(replies.count == 10_001 && replies.last == .bytes(big))
        #expect(try await connection.send(RedisCommand("DBSIZE")).integer == 10_000)
    }

    @Test func `selects its database`() async throws {
        let server = try RedisServer { RedisURL(host: "127.0.0.1", port: $0, database: 3) }
        defer { server.kill() }
        let connection = RedisConnection(server.url)
        _ = try await connection.send(RedisCommand("SET", "key", "value"))
        #expect(try await connection.send(RedisCommand("INFO", "keyspace")).text?.contains("db3:keys=1") == true)
    }

    @Test func `says what to do when nobody listens`() async throws {
        let connection = RedisConnection(RedisURL(host: "127.0.0.1", port: try RedisServer.freePort()))
        let error = await #expect(throws: RedisError.self) { _ = try await connection.send(RedisCommand("PING")) }
        #expect(error?.kind == .unreachable)
        #expect(error?.description.contains("is it running there?") == true)
    }

    @Test func `says so when the server dies, and another one can be opened`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        let client = RedisClient(server.url)
        #expect(try await client.send([RedisCommand("PING")]).count == 1)
        server.kill()
        let error = await #expect(throws: RedisError.self) { _ = try await client.send([RedisCommand("PING")]) }
        #expect(error?.kind == .connectionLost && error?.isConnectionBroken == true)
        try server.start()
        #expect(try await client.send([RedisCommand("PING")]) == [.status("PONG")])
    }

    @Test func `notices a network that stalls, and never takes a late answer for another one's`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        var limits = RedisSession.Limits()
        limits.replySeconds = 0.2
        let connection = RedisConnection(server.url, limits: limits)
        _ = try await connection.send(RedisCommand("SET", "key", "late"))
        server.stall()
        let error = await #expect(throws: RedisError.self) { _ = try await connection.send(RedisCommand("GET", "key")) }
        #expect(error?.kind == .timedOut)
        server.goOn()
        await #expect(throws: RedisError.self) { _ = try await connection.send(RedisCommand("PING")) }
    }

    @Test func `ends a blocked call when it is closed`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        let connection = RedisConnection(server.url)
        let blocked = Task { try await connection.send(RedisCommand("BLPOP", "nothing", "60"), waitingSeconds: 60) }
        try await Task.sleep(for: .milliseconds(100))
        connection.close()
        let error = await #expect(throws: RedisError.self) { _ = try await blocked.value }
        #expect(error?.kind == .closed)
        await #expect(throws: RedisError.self) { _ = try await connection.send(RedisCommand("PING")) }
    }

    @Test func `lets many wait without holding Swift's threads`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        let waiting = (0..<20).map { _ in RedisConnection(server.url) }
        try await withThrowingTaskGroup(of: String?.self) { group in
            for connection in waiting {
                group.addTask {
                    try await connection.send(RedisCommand("BLPOP", "list", "30"), waitingSeconds: 30).array?.last?.text
                }
            }
            let sender = RedisConnection(server.url)
            for number in 0..<20 { _ = try await sender.send(RedisCommand("RPUSH", "list", "\(number)")) }
            var heard: Set<String> = []
            for try await text in group { heard.insert(text ?? "") }
            #expect(heard.count == 20)
        }
    }

    @Test func `runs scripts by their digest, also when Redis has forgotten them`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        let connection = RedisConnection(server.url)
        let script = RedisScript("return {KEYS[1], ARGV[1]}")
        for _ in 0..<2 {
            let reply = try await connection.perform { try $0.run(script, keys: ["k"]) { $0.append("v") } }
            #expect(reply.array?.map(\.text) == ["k", "v"])
            _ = try await connection.send(RedisCommand("SCRIPT", "FLUSH"))
        }
    }

    @Test func `reads a stream as it grows`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        let connection = RedisConnection(server.url)
        let command = RedisCommand("XREAD", "BLOCK", "20000", "STREAMS", "stream", "5-0")
        async let reply = connection.send(command, waitingSeconds: 20)
        try server.send("XADD", "stream", "6-0", "name", "value")
        let entry = try await reply.array?.first?.array?.last?.array?.first?.array
        #expect(entry?.first?.text == "6-0" && entry?.last?.members["name"]?.text == "value")
        let quiet = RedisCommand("XREAD", "BLOCK", "10", "STREAMS", "stream", "6-0")
        #expect(try await connection.send(quiet).isNull)
    }

    @Test func `hears what is published, until it is closed`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        let connection = RedisConnection(server.url)
        let heard = Mutex<[String]>([])
        let listening = Task {
            try await connection.perform { session in
                try session.subscribe(to: ["a", "b"]) { channel, bytes in
                    heard.withLock { $0.append("\(channel) \(String(decoding: bytes, as: UTF8.self))") }
                }
            }
        }
        #expect(await eventually { try server.send("PUBLISH", "b", "?").integer == 1 })
        try server.send("PUBLISH", "a", "!")
        #expect(await eventually { heard.withLock { $0 } == ["b ?", "a !"] })
        connection.close()
        let error = await #expect(throws: RedisError.self) { try await listening.value }
        #expect(error?.kind == .closed)
    }
}
