import Domain
import Logging
import ServiceLifecycle
import TestTools
import Testing

@testable import Worker

/// A worker on a scripted feed, with almost no rests.
struct FollowingWorker {
    let feed: ScriptedFeed
    let plane: DataPlane

    var live: LiveSet { plane.live }

    init(_ feed: ScriptedFeed, directory: String? = nil, clock: MonotonicClock = .system) throws {
        self.feed = feed
        var configuration = DataPlane.Configuration(WorkerIdentity(name: "w1", version: "1"))
        configuration.stateDirectory = directory
        configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        configuration.clock = clock
        plane = try DataPlane(configuration, source: feed)
    }

    var isUpToDate: Bool {
        let model = feed.model
        return live.read { $0.set.cursor == model.last && $0.set.digest == model.digest && $0.isCaughtUp }
    }

    /// Runs its services while the body does, then drains it.
    func run(_ body: (FollowingWorker) async throws -> Void) async throws {
        let group = ServiceGroup(
            configuration: .init(services: plane.services, logger: plane.configuration.logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body(self)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}

@Suite("The follower")
struct FeedFollowerTests {
    private static let model = FeedModel(Samples.account("acct_1"), Samples.bot("acct_1", .twitch))

    @Test func `takes a snapshot, follows, and says goodbye`() async throws {
        let feed = ScriptedFeed(Self.model)
        try await FollowingWorker(feed).run { worker in
            await until { worker.isUpToDate }
            feed.change { _ = $0.model.put(Samples.bot("acct_1", .twitch, isPaused: true)) }
            await until { worker.isUpToDate && !worker.live.mayAct(.one, on: .twitch) }
            await until { feed.acknowledgements.last?.applied == feed.model.last }
        }
        #expect(feed.snapshotCount == 1 && feed.followCount == 1)
        let last = try #require(feed.acknowledgements.last)
        #expect(last.isGoodbye && last.applied == feed.model.last && last.digest == feed.model.digest)
        #expect(last.worker == "w1" && last.accounts == 1 && last.transport == .local && last.epoch == "e1.1")
        #expect(feed.acknowledgements.filter(\.isGoodbye).count == 1)
    }

    @Test func `comes back when the feed ends without a word`() async throws {
        let feed = ScriptedFeed(Self.model) { $0.endsStreams = true }
        try await FollowingWorker(feed).run { worker in
            await until { feed.followCount >= 3 }
            feed.change { _ = $0.model.put(Samples.bot("acct_1", .kick)) }
            await until { worker.isUpToDate }
        }
        #expect(feed.snapshotCount == 1, "what it has is good")
    }

    @Test func `comes back when the feed fails, and works by what it knows meanwhile`() async throws {
        let feed = ScriptedFeed(Self.model)
        try await FollowingWorker(feed).run { worker in
            await until { worker.isUpToDate }
            feed.change { $0.followError = ScriptedFeed.Down() }
            feed.change { _ = $0.model.put(Samples.bot("acct_1", .twitch, isPaused: true)) }
            await until { feed.followCount >= 3 }
            #expect(worker.live.mayAct(.one, on: .twitch))
            feed.change { $0.followError = nil }
            await until { worker.isUpToDate && !worker.live.mayAct(.one, on: .twitch) }
        }
    }

    @Test(arguments: [Knowledge.StartOver.gap, .reset, .diverged, .otherEpoch])
    func `takes a snapshot when it cannot go on`(reason: Knowledge.StartOver) async throws {
        let feed = ScriptedFeed(Self.model)
        try await FollowingWorker(feed).run { worker in
            await until { worker.isUpToDate }
            feed.change { state in
                var other = FeedModel(Samples.account("acct_1"), Samples.bot("acct_1", .twitch))
                switch reason {
                case .gap:
                    state.interjected = [
                        .changes([
                            FeedModel(
                                Samples.account("a"), Samples.account("b"),
                                Samples.account("c"), Samples.account("d")
                            ).changes[3]
                        ])
                    ]
                case .diverged:
                    other = FeedModel(Samples.account("acct_1"), Samples.bot("acct_1", .kick))
                    state.model = other
                case .otherEpoch:
                    other.epoch = "e2.1"
                    state.model = other
                default: state.interjected = [.reset]
                }
                state.followError = ScriptedFeed.Down()
            }
            await until { feed.followCount >= 2 }
            feed.change { $0.followError = nil }
            await until { feed.snapshotCount >= 2 }
            feed.change { $0.interjected = [] }
            await until { worker.isUpToDate }
        }
        #expect(feed.snapshotCount < 10, "never in a tight circle")
    }

    @Test func `goes on over documents that it cannot use, and reports them`() async throws {
        let feed = ScriptedFeed(Self.model)
        try await FollowingWorker(feed).run { worker in
            await until { worker.isUpToDate }
            feed.change { state in
                for entry in RefusalTests.bad { state.model.put(entry) }
                state.model.put(Samples.bot("acct_1", .kick))
            }
            await until { worker.isUpToDate && worker.live.mayAct(.one, on: .kick) }
            await until { feed.acknowledgements.last?.nacks.isEmpty == false }
        }
        #expect(feed.snapshotCount == 1)
    }

    @Test func `never waits for an acknowledgement, and makes up for those that fail`() async throws {
        let feed = ScriptedFeed(Self.model) { $0.acknowledgeError = ScriptedFeed.Down() }
        try await FollowingWorker(feed).run { worker in
            for _ in 0..<20 {
                feed.change { _ = $0.model.put(Samples.bot("acct_1", .kick)) }
                await until { worker.isUpToDate }
            }
            #expect(feed.acknowledgements.isEmpty)
            feed.change { $0.acknowledgeError = nil }
            await until { feed.acknowledgements.last?.applied == feed.model.last }
        }
    }

    @Test func `gives up when it is refused and knows nothing`() async throws {
        let feed = ScriptedFeed(Self.model) { $0.snapshotError = FeedFailure.refused("no token") }
        let worker = try FollowingWorker(feed)
        await #expect(throws: FeedFollower.GaveUp.self) { try await worker.plane.follower.run() }
    }

    @Test func `goes on trying when it is refused and has its last known good state`() async throws {
        let directory = try TemporaryDirectory()
        let feed = ScriptedFeed(Self.model)
        try await FollowingWorker(feed, directory: directory.path).run { worker in
            await until { worker.isUpToDate }
        }
        feed.change { $0.followError = FeedFailure.refused("no token") }
        try await FollowingWorker(feed, directory: directory.path).run { worker in
            #expect(worker.live.mayAct(.one, on: .twitch), "before anything was heard")
            await until { feed.followCount >= 4 }
            feed.change { state in
                state.followError = nil
                state.model.put(Samples.bot("acct_1", .kick))
            }
            await until { worker.isUpToDate }
        }
        #expect(feed.snapshotCount == 1, "the second worker went on from the file")
    }

    @Test func `does not take an older snapshot of the same history`() async throws {
        let feed = ScriptedFeed(Self.model)
        try await FollowingWorker(feed).run { worker in
            feed.change { _ = $0.model.put(Samples.bot("acct_1", .twitch, isPaused: true)) }
            await until { worker.isUpToDate }
            feed.change { state in
                state.model = Self.model
                state.interjected = [.reset]
                state.followError = ScriptedFeed.Down()
            }
            await until { feed.followCount >= 2 }
            feed.change { $0.followError = nil }
            await until { feed.snapshotCount >= 3 }
            #expect(!worker.live.mayAct(.one, on: .twitch))
        }
    }

    @Test func `leaves a feed that has fallen silent`() async throws {
        let clock = HandClock()
        let feed = ScriptedFeed(Self.model)
        try await FollowingWorker(feed, clock: clock.monotonic).run { worker in
            await until { worker.isUpToDate }
            feed.change { $0.isSilent = true }
            // The rests of the worker pass only when the clock is moved.
            await until {
                clock.advance(by: .seconds(1))
                return feed.followCount >= 2
            }
            #expect(worker.live.freshness == .lost)
            feed.change { $0.isSilent = false }
            await until {
                clock.advance(by: .seconds(1))
                return worker.live.freshness == .live
            }
        }
    }
}
