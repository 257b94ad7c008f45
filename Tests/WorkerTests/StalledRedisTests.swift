import Domain
import Redis
import RedisStage
import Relay
import TestTools
import Testing

@testable import Worker

/// A cut that nobody is told of: the connections stay open, and nothing comes.
@Suite("A network that stalls before Redis", .timeLimit(.minutes(2)))
struct StalledRedisTests {
    private struct Stage {
        let stage: FeedStage, proxy: StallingProxy, plane: DataPlane, clock: PushedClock

        var isUpToDate: Bool {
            let head = stage.head
            return plane.live.read { $0.set.cursor == head.last && $0.set.digest == head.digest && $0.isCaughtUp }
        }

        /// Nothing is heard any more: it is stale after 5 s and lost after 15 s.
        func expectLoss() async {
            let falls = await eventually {
                clock.advance(by: .seconds(5))
                return plane.live.freshness == .stale
            }
            #expect(falls)
            clock.advance(by: .seconds(10))
            #expect(plane.live.freshness == .lost)
        }

        func expectRecovery() async {
            let recovers = await eventually { isUpToDate && plane.live.freshness == .live }
            #expect(recovers)
        }
    }

    /// Lends a worker that follows through a proxy, and expects it to be up to date in the end.
    private func with(_ body: (Stage) async throws -> Void) async throws {
        let server = try RedisServer()
        defer { server.kill() }
        let proxy = try StallingProxy(to: server.port), clock = PushedClock()
        defer { proxy.close() }
        var limits = RedisSession.Limits()
        (limits.replySeconds, limits.connectSeconds) = (0.3, 0.3)
        let feed = RedisFeed(RedisURL(host: "127.0.0.1", port: proxy.port), limits: limits)
        let plane = try DataPlane.quiet("w", feed, clock: clock.monotonic)
        try await FeedStage.with { stage in
            try await stage.register()
            try await stage.append(
                Bot.Event.connected(.init(channelID: "1", channelName: "l", botUserID: nil)), to: Self.bot)
            try await stage.relay(to: server.url).running {
                await stage.expectMirror(in: server)
                try await plane.running {
                    let lent = Stage(stage: stage, proxy: proxy, plane: plane, clock: clock)
                    await lent.expectRecovery()
                    try await body(lent)
                    await lent.expectRecovery()
                }
            }
        }
    }

    private static let bot = EntityID.bot(AccountID(stored: "acct_1"), .twitch)

    @Test(arguments: [[.up], [.down], [.up, .down]] as [Set<StallingProxy.Direction>])
    func `makes a worker stale, then lost; it recovers when the stall ends`(directions: Set<StallingProxy.Direction>)
        async throws
    {
        try await with { lent in
            #expect(lent.plane.live.mayAct(.one, on: .twitch))
            lent.proxy.stall(directions)
            await lent.expectLoss()
            try await lent.stage.append(Bot.Event.paused(reason: nil, until: nil), to: Self.bot)
            lent.proxy.goOn()
            await lent.expectRecovery()
            #expect(!lent.plane.live.mayAct(.one, on: .twitch))
        }
    }

    @Test func `ends for a worker when it judges the connection dead and another way is open`() async throws {
        try await with { lent in
            let before = lent.proxy.connectionCount
            lent.proxy.stall()
            // Each attempt is given up: nobody waits for ever.
            let tries = await eventually { lent.proxy.connectionCount >= before + 4 }
            #expect(tries)
            try await lent.stage.rename(10)
            lent.proxy.goOn()
        }
    }

    @Test func `is got over when connections are cut, and when everything takes its time`() async throws {
        try await with { lent in
            try await lent.stage.rename(10)
            lent.proxy.cut()
            try await lent.stage.rename(10)
            await lent.expectRecovery()
            lent.proxy.delay(seconds: 0.02)
            try await lent.stage.rename(10)
        }
    }

    @Test func `does not hold up the end of a worker`() async throws {
        try await with { lent in
            lent.proxy.stall()
            let start = ContinuousClock.now
            let other = try DataPlane.quiet("x", RedisFeed(RedisURL(host: "127.0.0.1", port: lent.proxy.port)))
            let run = Task { try await other.running { try await Task.sleep(for: .milliseconds(100)) } }
            try await run.value
            #expect(ContinuousClock.now - start < .seconds(20), "its reading and its goodbye are given up")
            lent.proxy.goOn()
        }
    }
}
