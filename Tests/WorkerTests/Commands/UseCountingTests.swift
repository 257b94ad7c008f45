import Domain
import Redis
import RedisStage
import Testing

@testable import Worker

/// One list of expectations for those that count uses; the server's own is tried over HTTP.
@Suite("Uses of commands are counted", .serialized, .timeLimit(.minutes(2)))
struct UseCountingTests {
    private let so = CommandUse(CommandName(stored: "so"), in: AccountID(stored: "acct_1"))
    private let hi = CommandUse(CommandName(stored: "hi"), in: AccountID(stored: "acct_1"))
    private let others = CommandUse(CommandName(stored: "so"), in: AccountID(stored: "acct_2"))

    private func check(_ counting: any UseCounting) async throws {
        #expect(try await counting.count(so) == 1)
        #expect(try await counting.count(so) == 2)
        #expect(try await counting.count(hi) == 1)
        #expect(try await counting.count(others) == 1)
    }

    @Test func `in memory`() async throws { try await check(MemoryUses()) }

    @Test func `in Redis, by several workers together`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        let feeds = [RedisFeed(server.url), RedisFeed(server.url)]
        try await check(feeds[0])
        #expect(try await feeds[1].count(so) == 3)
        _ = try server.send("SET", "{lumio}:command-uses:acct_3", "x")
        let broken = CommandUse(CommandName(stored: "so"), in: AccountID(stored: "acct_3"))
        await #expect(throws: (any Error).self) { try await feeds[0].count(broken) }
        #expect(try await feeds[0].count(so) == 4, "the connection still stands")
    }

    @Test func `over HTTP, or a reason is given`() async throws {
        let server = try FakeServer { request, connection in
            let isRight = request.line.hasPrefix("POST /v1/internal/command-uses ") && request.body == self.so.bytes
            connection.answer(isRight ? "200 OK" : "404 Not Found", isRight ? #"{"data": {"count": 7}}"# : "{}")
        }
        let feed = HTTPFeed(server: server.address, token: "secret")
        #expect(try await feed.count(so) == 7)
        await #expect(throws: (any Error).self) { try await feed.count(hi) }
        await feed.close()
    }
}
