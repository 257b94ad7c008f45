import Domain
import Redis
import RedisStage
import Synchronization
import TestTools
import Testing

@testable import Worker

/// What a relay of a later version may write: kinds of documents that nothing here knows.
@Suite("A feed in Redis of a newer relay", .timeLimit(.minutes(1)))
struct NewerRelayTests {
    private static let keys = FeedKeys()

    private static func generation(_ model: FeedModel) -> FeedGeneration {
        FeedGeneration(epoch: model.epoch, number: 1)
    }

    private func seed(_ session: RedisSession, _ model: FeedModel) throws {
        let generation = Self.generation(model)
        for (name, value) in model.documents {
            let bytes = StoredDocument.bytes(value, at: model.last)
            _ = try session.send(RedisCommand("HSET", Self.keys.state(generation, name.kind), name.key).with(bytes))
        }
        try stamp(session, model)
    }

    private func stamp(_ session: RedisSession, _ model: FeedModel) throws {
        let kinds = Set(model.documents.keys.map(\.kind)).union(DocumentKind.known)
        _ = try session.send(
            RedisCommand(
                "HSET", Self.keys.head, "epoch", model.epoch, "generation", "1", "id", "\(model.last)",
                "digest", "\(model.digest)", "documents", "\(model.documents.count)", "at", "\(Samples.now)", "kinds",
                FeedMark.text(of: Array(kinds)), "shards", "1"))
    }

    private func append(_ session: RedisSession, _ change: FeedChange, _ model: FeedModel) throws {
        var command = RedisCommand("XADD", Self.keys.stream(Self.generation(model)), "\(change.id)")
        for (name, value) in zip(FeedChange.fieldNames, change.fields) { command = command.with(name).with(value) }
        _ = try session.send(command.with("shard").with("7"))
        try stamp(session, model)
    }

    @Test func `is taken as a snapshot and followed, with equal digests`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        let session = try RedisSession(server.url)
        var model = FeedModel(Samples.account("acct_1"), try .moon("tonight"))
        try seed(session, model)
        let feed = RedisFeed(server.url)
        let snapshot = try await feed.snapshot()
        var filled = ActiveSet()
        try filled.replaceAll(snapshot)
        #expect(filled.digest == model.digest && filled.nacks == [] && filled.accountCount == 1)

        for entry in try [FeedEntry.moon("tomorrow"), Samples.account("acct_2")] {
            try append(session, model.put(entry), model)
        }
        let set = Mutex(filled)
        let following = Task { [start = filled.cursor, epoch = filled.epoch] in
            try await feed.follow(after: start, in: epoch) { message in
                guard case .changes(let changes) = message else { return }
                set.withLock { set in for change in changes { _ = set.apply(change) } }
            }
        }
        let comes = await eventually { set.withLock { $0.digest } == model.digest }
        #expect(comes && set.withLock { $0.accountCount } == 2)
        following.cancel()
        _ = await following.result
    }
}
