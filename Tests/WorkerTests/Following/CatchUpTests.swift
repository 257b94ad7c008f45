import Domain
import Testing

@testable import Worker

@Suite("Catching up")
struct CatchUpTests {
    private static let model = FeedModel(Samples.account("acct_1"), Samples.bot("acct_1", .twitch))

    @Test func `ends when the feed says so`() async throws {
        let worker = try FollowingWorker(ScriptedFeed(Self.model))
        try await worker.plane.follower.catchUp(within: .seconds(10))
        #expect(worker.isUpToDate && worker.feed.acknowledgements.isEmpty)
    }

    @Test func `ends when it takes too long`() async throws {
        let worker = try FollowingWorker(ScriptedFeed(Self.model) { $0.snapshotError = ScriptedFeed.Down() })
        await #expect(throws: FeedFollower.NotCaughtUp.self) {
            try await worker.plane.follower.catchUp(within: .milliseconds(300))
        }
    }

    @Test func `ends when the worker is refused`() async throws {
        let worker = try FollowingWorker(
            ScriptedFeed(Self.model) { $0.snapshotError = FeedFailure.refused("no token") })
        await #expect(throws: FeedFollower.GaveUp.self) {
            try await worker.plane.follower.catchUp(within: .seconds(10))
        }
    }

    @Test func `works over a feed of the same process`() async throws {
        let feed = ScriptedFeed(Self.model)
        let local = LocalFeed(
            snapshot: { try await feed.snapshot() },
            follow: { try await feed.follow(after: $0, in: $1, deliver: $2) },
            acknowledge: { try await feed.acknowledge($0) })
        let plane = try DataPlane(.init(WorkerIdentity(name: "w", version: "1")), source: local)
        try await plane.follower.catchUp(within: .seconds(10))
        #expect(local.transport == .local && plane.live.mayAct(.one, on: .twitch))
    }
}
