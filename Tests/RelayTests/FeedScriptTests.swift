import Domain
import Projections
import Redis
import RedisStage
import Testing

@testable import Relay

/// A Redis that was filled while one account was there, and the changes that came since then.
private final class Desk {
    let server: RedisServer, session: RedisSession
    let keys = FeedKeys(), generation: FeedGeneration
    let changes: [FeedChange], head: FeedHead

    init(changes count: Int) async throws {
        let server = try RedisServer()
        (changes, head) = try await FeedStage.with { stage in
            try await stage.register()
            try await stage.relay(to: server.url).running { await stage.expectMirror(in: server) }
            try await stage.rename(count)
            let first = ChangeID(position: 1, index: 0)
            guard case .changes(let changes) = try stage.readModels.changes(after: first, limit: count) else {
                return ([], stage.head)
            }
            return (changes, stage.head)
        }
        self.server = server
        session = try RedisSession(server.url)
        generation = FeedGeneration(epoch: head.epoch, number: 1)
    }

    func append(_ changes: [FeedChange]) throws -> FeedOutcome {
        let reply = try session.run(FeedScripts.append, keys: [keys.head] + keys.all(of: generation)) { command in
            for word in [
                generation.epoch, "\(generation.number)", "\(changes.last?.id ?? .zero)", "", "at", "100", "account",
            ] {
                command.append(word)
            }
            for change in changes {
                for word in ["\(change.id)", "1", "", ""] { command.append(word) }
                for field in change.fields { command.append(field) }
            }
        }
        return try FeedOutcome(reply)
    }

    func appended() throws -> [FeedChange] {
        let words = RedisCommand("XRANGE", keys.stream(generation), "-", "+")
        return try RedisMirror.changes(session.send(words))
    }

    func digest() throws -> DocumentDigest? {
        _ = try session.send(RedisCommand("HSET", keys.head, "at", "\(Timestamp(microseconds: 0))"))
        return try RedisMirror.read(server.url)?.digest
    }
}

/// What one relay does when Redis is not as it thinks.
@Suite("The script of a batch", .timeLimit(.minutes(3)))
struct FeedScriptTests {
    private let first = ChangeID(position: 1, index: 0)

    @Test func `takes what follows, and skips what is there already`() async throws {
        let desk = try await Desk(changes: 5)
        let changes = desk.changes
        let batches = [changes[0..<2], changes[0..<2], changes[1..<4], changes[0..<5], changes[0..<1]]
        let tails = [1, 1, 3, 4, 4].map { FeedOutcome.standsAt(changes[$0].id) }
        for (batch, tail) in zip(batches, tails) { #expect(try desk.append(Array(batch)) == tail) }
        #expect(try desk.appended() == changes)
        #expect(try desk.digest() == desk.head.digest)
    }

    @Test func `refuses a hole, before and within the batch, and writes nothing`() async throws {
        let desk = try await Desk(changes: 5)
        let changes = desk.changes
        #expect(try desk.append(Array(changes[1...])) == .hole(first))
        #expect(try desk.append([changes[0], changes[2]]) == .hole(first))
        #expect(try desk.appended() == [])
    }

    @Test(arguments: [
        ["DEL", "{lumio}:head"], ["HSET", "{lumio}:head", "generation", "2"], ["HSET", "{lumio}:head", "epoch", "x"],
    ])
    func `writes nothing into a generation that does not serve`(words: [String]) async throws {
        let desk = try await Desk(changes: 2)
        var command = RedisCommand()
        for word in words { command.append(word) }
        _ = try desk.session.send(command)
        #expect(try desk.append(desk.changes) == .replaced)
        #expect(try desk.appended() == [])
    }

    @Test(arguments: ["DEL stream", "DEL state", "HSET", "XADD"])
    func `misses a stream, a hash, a document and an entry`(edit: String) async throws {
        let desk = try await Desk(changes: 2)
        let stream = desk.keys.stream(desk.generation)
        let command =
            switch edit {
            case "DEL stream": RedisCommand("DEL", stream)
            case "DEL state": RedisCommand("DEL", desk.keys.state(desk.generation, .account))
            case "HSET": RedisCommand("HSET", desk.keys.state(desk.generation, .bot), "stranger", "1-0 {}")
            default: RedisCommand("XADD", stream, "9-0", "stranger", "1")
            }
        _ = try desk.session.send(command)
        #expect(try desk.append(desk.changes) == .lost)
        #expect(try desk.session.send(RedisCommand("HGET", desk.keys.head, "id")).text == "1-0")
    }

    @Test func `writes all or nothing when memory runs out`() async throws {
        let desk = try await Desk(changes: 50)
        try desk.server.send("CONFIG", "SET", "maxmemory", "1")
        let error = #expect(throws: RedisError.self) { try desk.append(desk.changes) }
        #expect(error?.kind == .outOfMemory)
        #expect(try desk.appended() == [])
        try desk.server.send("CONFIG", "SET", "maxmemory", "0")
        #expect(try desk.append(desk.changes) == .standsAt(desk.head.last))
        #expect(try desk.digest() == desk.head.digest)
    }
}
