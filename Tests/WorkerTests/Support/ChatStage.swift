import Domain
import Logging
import Platforms
import ServiceLifecycle
import Synchronization
import TestTools

@testable import Worker

/// A worker's chat half on a feed and a platform that a test plays.
final class ChatStage: Sendable {
    let clock = HandClock()
    let live: LiveSet
    let platform = ScriptedPlatform()
    let plane: ChatPlane
    private let state: Mutex<FeedModel>
    private let log = Log()
    let breakers = BreakerLog()
    private let wall: HandWall

    final class Log: Sendable {
        private let lines = Mutex<[ModerationRecord]>([])
        private let alive = Mutex<[ChatChannel]>([])
        private let deaf = Mutex<[(channel: ChatChannel, trouble: String)]>([])
        func add(_ channel: ChatChannel, _ trouble: String?) {
            if let trouble {
                deaf.withLock { $0.append((channel, trouble)) }
            } else {
                alive.withLock { $0.append(channel) }
            }
        }
        var troubles: [(channel: ChatChannel, trouble: String)] { deaf.withLock { $0 } }
        var beats: [ChatChannel] { alive.withLock { $0 } }
        func add(_ record: ModerationRecord) { lines.withLock { $0.append(record) } }
        var all: [ModerationRecord] { lines.withLock { $0 } }
    }

    final class BreakerLog: Sendable {
        private let changes = Mutex<[BreakerChange]>([])
        func add(_ change: BreakerChange) { changes.withLock { $0.append(change) } }
        var all: [BreakerChange] { changes.withLock { $0 } }
        var states: [BreakerChange.State] { all.map(\.state) }
    }

    /// The time of day that goes with the clock.
    private final class HandWall: Sendable {
        let clock: HandClock, start: MonotonicClock.Instant
        init(_ clock: HandClock) { (self.clock, start) = (clock, clock.now) }
        var now: Timestamp { Samples.now.adding(seconds: (clock.now - start) / .seconds(1)) }
    }

    /// - Parameter runner: for extensions, whose bundles it has; nil where none are run.
    init(
        _ entries: FeedEntry..., authority: any LeaseAuthority = SoleAuthority(), ears: ScriptedEars? = nil,
        runner: ScriptedRunner? = nil, uses: any UseCounting = MemoryUses(), streams: (any StreamWatching)? = nil
    ) throws {
        var model = FeedModel(Samples.account("acct_1"), Samples.bot("acct_1", .twitch))
        for entry in entries { model.put(entry) }
        state = Mutex(model)
        live = LiveSet(try ActiveSet(model), clock: clock.monotonic)
        wall = HandWall(clock)
        var configuration = ChatPlane.Configuration(worker: "w")
        configuration.platforms = [.twitch: .init(hands: platform, ears: ears, streams: streams)]
        configuration.uses = uses
        configuration.authority = authority
        configuration.clock = clock.monotonic
        configuration.wallClock = WallClock { [wall] in wall.now }
        configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let breakers = breakers
        configuration.extensions = runner.map { runner in
            var extensions = ExtensionPlane.Configuration(worker: "w", runner: runner, bundles: runner)
            (extensions.clock, extensions.wallClock) = (configuration.clock, configuration.wallClock)
            extensions.logger = configuration.logger
            extensions.report = { breakers.add($0) }
            return extensions
        }
        plane = ChatPlane(
            configuration, live: live, report: { [log] in log.add($0) },
            hears: { [log] channel, _, trouble in log.add(channel, trouble) })
    }

    var now: Timestamp { wall.now }
    var records: [ModerationRecord] { log.all }
    /// Channels that were told to live.
    var beats: [ChatChannel] { log.beats }
    /// Channels that cannot be heard, and why.
    var troubles: [(channel: ChatChannel, trouble: String)] { log.troubles }
    var outcomes: [ModerationRecord.Outcome] { records.map(\.outcome) }
    var moderator: Moderator { plane.moderator }

    /// A change comes over the feed.
    func put(_ entry: FeedEntry) {
        let change = state.withLock { $0.put(entry) }
        _ = live.receive(.changes([change]))
    }

    /// A document is gone.
    func remove(_ entry: FeedEntry) {
        let change = state.withLock { $0.delete(entry) }
        _ = live.receive(.changes([change]))
    }

    func running(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in plane.services { group.addTask { try await service.run() } }
            try await body()
            group.cancelAll()
        }
    }

    func say(_ id: String, _ text: String, by author: ChatUser = .sample(), ageSeconds: Double = 0) {
        moderator.receive(.sample(id, text, in: .sample("1"), by: author, at: now.adding(seconds: -ageSeconds)))
    }
}
