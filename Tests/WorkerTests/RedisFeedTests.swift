import Domain
import Projections
import Redis
import RedisStage
import Relay
import Synchronization
import Testing

@testable import Worker

/// Holds what a follower was told, and follows as a worker does: it trusts `previous`, and takes a snapshot when told to.
private final class Follower: Sendable {
    struct State: Sendable {
        var documents: [String: [UInt8]] = [:]
        var epoch = "", last = ChangeID.zero
        var bookmark: FeedHead?
        var snapshots = 0, gaps = 0, failures = 0
    }

    struct Gap: Error {}

    let state = Mutex(State())
    let feed: RedisFeed

    init(_ server: RedisServer) {
        var limits = RedisSession.Limits()
        limits.replySeconds = 1
        feed = RedisFeed(server.url, limits: limits)
    }

    var now: State { state.withLock { $0 } }

    func run() async {
        while !Task.isCancelled {
            do {
                if now.epoch.isEmpty { take(try await feed.snapshot()) }
                try await feed.follow(after: now.last, in: now.epoch) { try self.hear($0) }
            } catch is Gap {
                state.withLock { ($0.epoch, $0.gaps) = ("", $0.gaps + 1) }
            } catch {
                state.withLock { $0.failures += 1 }
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    private func take(_ snapshot: FeedSnapshot) {
        state.withLock { state in
            state.documents = [:]
            for entry in snapshot.entries { state.documents["\(entry.kind.rawValue)-\(entry.key)"] = entry.value }
            (state.epoch, state.last) = (snapshot.head.epoch, snapshot.head.last)
            state.snapshots += 1
        }
    }

    private func hear(_ message: FeedMessage) throws {
        try state.withLock { state in
            switch message {
            case .changes(let changes):
                for change in changes where change.id > state.last {
                    guard change.previous == state.last else { throw Gap() }
                    state.documents["\(change.kind.rawValue)-\(change.key)"] = change.value
                    state.last = change.id
                }
            case .bookmark(let head): state.bookmark = head
            case .reset: state.epoch = ""
            }
        }
    }

    func holds(_ stage: FeedStage) throws -> Bool {
        let now = now
        guard now.last == stage.head.last else { return false }
        var documents: [String: [UInt8]] = [:]
        try stage.readModels.feedSnapshot(at: Timestamp(microseconds: 0)) { _ in
        } entry: {
            documents["\($0.kind.rawValue)-\($0.key)"] = $0.value
        }
        return documents == now.documents
    }
}

@Suite("The feed over Redis", .timeLimit(.minutes(5)))
struct RedisFeedTests {
    /// Lends a stage with a relay and a follower.
    private func with(
        _ body: (FeedStage, RedisServer, FeedRelay, Follower) async throws -> Void
    ) async throws {
        let server = try RedisServer(["--appendonly", "yes", "--appendfsync", "always"])
        defer { server.kill() }
        try await FeedStage.with { stage in
            try await stage.register()
            let relay = stage.relay(to: server.url), follower = Follower(server)
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

/// What the head means for somebody who has heard nothing.
@Suite("A follower's place in Redis")
struct RedisCursorTests {
    private func mark(_ position: Int, at: Int, generation: Int = 1, digest: DocumentDigest? = DocumentDigest())
        -> FeedMark
    {
        FeedMark(
            generation: FeedGeneration(epoch: "e.1", number: generation), last: ChangeID(position: position, index: 0),
            digest: digest, documents: 0, at: Timestamp(microseconds: at))
    }

    private func cursor(_ position: Int, _ mark: FeedMark) -> RedisCursor {
        RedisCursor(generation: mark.generation, last: ChangeID(position: position, index: 0), mark: mark)
    }

    @Test func `is alive as long as the relay stamps`() {
        var cursor = cursor(5, mark(5, at: 1))
        #expect(cursor.hear(mark(5, at: 1)) == nil)
        let stamped = mark(5, at: 2)
        #expect(cursor.hear(stamped) == .bookmark(stamped.head!))
        #expect(cursor.hear(stamped) == nil)
        #expect(cursor.hear(nil) == nil)
        #expect(cursor.hear(mark(5, at: 3, digest: nil)) == nil)
    }

    @Test func `is lost with its generation`() {
        var cursor = cursor(5, mark(5, at: 1))
        #expect(cursor.hear(mark(5, at: 2, generation: 2)) == .reset)
    }

    @Test func `waits for what was written a moment ago, and is lost when it does not come`() {
        var cursor = cursor(5, mark(5, at: 1))
        #expect(cursor.hear(mark(6, at: 2)) == nil)
        #expect(cursor.hear(mark(6, at: 2)) == .reset)
    }

    @Test func `waits while an older Redis is refilled, and is lost when the relay has nothing more to write`() {
        var cursor = cursor(9, mark(5, at: 1))
        #expect(cursor.hear(mark(5, at: 1)) == nil)
        #expect(cursor.hear(mark(7, at: 2)) == nil)
        #expect(cursor.hear(mark(7, at: 2)) == nil)
        #expect(cursor.hear(mark(7, at: 3)) == .reset)
    }
}
