import Domain
import Redis
import RedisStage
import Testing

@testable import Relay

/// What one relay does when Redis is not as it thinks.
@Suite("The script of a batch", .timeLimit(.minutes(3)))
struct FeedScriptTests {
    private struct Desk {
        let session: RedisSession, keys = FeedKeys(), generation: FeedGeneration

        func append(_ changes: [FeedChange], generation: FeedGeneration? = nil) throws -> FeedOutcome {
            let generation = generation ?? self.generation
            let reply = try session.run(FeedScripts.append, keys: [keys.head] + keys.all(of: generation)) { command in
                for word in [generation.epoch, "\(generation.number)", "\(changes.last?.id ?? .zero)", "", "at", "100"] {
                    command.append(word)
                }
                for change in changes {
                    for word in ["\(change.id)", "1", "", ""] { command.append(word) }
                    for field in change.fields { command.append(field) }
                }
            }
            return try FeedOutcome(reply)
        }
    }

    /// Lends a Redis that was filled while one account was there, and the changes since then.
    private func with(_ count: Int, _ body: (Desk, [FeedChange], RedisServer, FeedStage) throws -> Void) async throws {
        let server = try RedisServer()
        defer { server.kill() }
        try await FeedStage.with { stage in
            try await stage.register()
            try await stage.relay(to: server.url).running {
                #expect(await eventually { try stage.isMirrored(in: server) })
            }
            try await stage.rename(count)
            let first = ChangeID(position: 1, index: 0)
            guard case .changes(let changes) = try stage.readModels.changes(after: first, limit: count) else { return }
            let generation = FeedGeneration(epoch: stage.head.epoch, number: 1)
            try body(Desk(session: try RedisSession(server.url), generation: generation), changes, server, stage)
        }
    }

    @Test func `takes what follows, and skips what is there already`() async throws {
        try await with(5) { desk, changes, server, stage in
            #expect(try desk.append(Array(changes[0..<2])) == .standsAt(changes[1].id))
            #expect(try desk.append(Array(changes[0..<2])) == .standsAt(changes[1].id))
            #expect(try desk.append(Array(changes[1..<4])) == .standsAt(changes[3].id))
            #expect(try desk.append(changes) == .standsAt(changes[4].id))
            #expect(try desk.append(Array(changes[0..<1])) == .standsAt(changes[4].id))
            let mirror = try #require(try RedisMirror.read(server.url))
            #expect(mirror.changes == changes && mirror.digest == stage.head.digest)
        }
    }

    @Test func `refuses a hole, before and within the batch, and writes nothing`() async throws {
        try await with(5) { desk, changes, server, _ in
            let first = ChangeID(position: 1, index: 0)
            #expect(try desk.append(Array(changes[1...])) == .hole(first))
            #expect(try desk.append([changes[0], changes[2]]) == .hole(first))
            #expect(try RedisMirror.read(server.url)?.changes == [])
        }
    }

    @Test(arguments: [
        ["DEL", "{lumio}:head"], ["HSET", "{lumio}:head", "generation", "2"], ["HSET", "{lumio}:head", "epoch", "x"],
    ])
    func `writes nothing into a generation that does not serve`(command: [String]) async throws {
        try await with(2) { desk, changes, _, _ in
            var edit = RedisCommand()
            command.forEach { edit.append($0) }
            _ = try desk.session.send(edit)
            #expect(try desk.append(changes) == .replaced)
            #expect(try desk.session.send(RedisCommand("XLEN", desk.keys.stream(desk.generation))).integer == 0)
        }
    }

    @Test func `misses a stream, a hash, a document and an entry`() async throws {
        let edits: [(FeedKeys, FeedGeneration) -> RedisCommand] = [
            { RedisCommand("DEL", $0.stream($1)) },
            { RedisCommand("DEL", $0.state($1, .account)) },
            { RedisCommand("HSET", $0.state($1, .bot), "stranger", "1-0 {}") },
            { RedisCommand("XADD", $0.stream($1), "9-0", "stranger", "1") },
        ]
        for edit in edits {
            try await with(2) { desk, changes, _, _ in
                _ = try desk.session.send(edit(desk.keys, desk.generation))
                #expect(try desk.append(changes) == .lost)
                #expect(try desk.session.send(RedisCommand("HGET", desk.keys.head, "id")).text == "1-0")
            }
        }
    }

    @Test func `writes all or nothing when memory runs out`() async throws {
        try await with(50) { desk, changes, server, stage in
            try server.send("CONFIG", "SET", "maxmemory", "1")
            #expect { try desk.append(changes) } throws: { ($0 as? RedisError)?.kind == .outOfMemory }
            #expect(try RedisMirror.read(server.url)?.changes == [])
            try server.send("CONFIG", "SET", "maxmemory", "0")
            #expect(try desk.append(changes) == .standsAt(stage.head.last))
            #expect(try RedisMirror.read(server.url)?.digest == stage.head.digest)
        }
    }
}
