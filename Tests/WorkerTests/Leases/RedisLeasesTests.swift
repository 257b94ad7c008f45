import Domain
import Logging
import Redis
import RedisStage
import TestTools
import Testing

@testable import Worker

@Suite("Leases in Redis", .timeLimit(.minutes(2)))
struct RedisLeasesTests {
    private let server: RedisServer
    private let bots = [BotName(.one, on: .twitch), BotName(.one, on: .kick)]

    init() throws {
        server = try RedisServer()
    }

    private func leases(_ worker: String) -> RedisLeases { RedisLeases(server.url, worker: worker) }

    @Test func `are one worker's until he gives them back`() async throws {
        let (ann, bob) = (leases("ann"), leases("bob of the 1 house"))
        let first = try await ann.renew(bots, for: .seconds(60))
        #expect(Set(first.keys) == Set(bots))
        #expect(try await bob.renew(bots, for: .seconds(60)).isEmpty)
        #expect(try await ann.renew(bots, for: .seconds(60)) == first)
        try await bob.release(first)
        #expect(try await bob.renew(bots, for: .seconds(60)).isEmpty)
        try await ann.release(first)
        let second = try await bob.renew(bots, for: .seconds(60))
        #expect(bots.allSatisfy { second[$0] ?? 0 > first[$0] ?? .max })
    }

    @Test func `end by themselves, and the former holder is known by his fence`() async throws {
        let (ann, bob) = (leases("ann"), leases("bob"))
        let first = try await ann.renew(bots, for: .milliseconds(50))
        var second: [BotName: Int] = [:]
        while second.count < 2 { second = try await bob.renew(bots, for: .seconds(60)) }
        for bot in bots {
            #expect(try await !ann.holds(bot, first[bot] ?? 0))
            #expect(try await bob.holds(bot, second[bot] ?? 0))
            #expect(try await !bob.holds(bot, first[bot] ?? 0))
        }
    }

    @Test func `are shared out when several want them at once`() async throws {
        let many = (0..<1200).map { BotName(AccountID(stored: "a\($0)"), on: .twitch) }
        let shares = try await withThrowingTaskGroup(of: [BotName: Int].self) { group in
            for worker in 0..<4 {
                let leases = leases("w\(worker)")
                group.addTask { try await leases.renew(many.shuffled(), for: .seconds(60)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(shares.reduce(0) { $0 + $1.count } == many.count)
        #expect(Set(shares.flatMap(\.values)).count == many.count)
    }

    @Test func `spread when workers come, and gather when they go`() async throws {
        let many = (0..<1100).map { BotName(AccountID(stored: "a\($0)"), on: .twitch) }
        let (ann, bob, eve) = (leases("ann"), leases("bob"), leases("eve"))
        #expect(try await ann.renew(many, for: .seconds(60)).count == 1100)
        #expect(try await bob.renew(many, for: .seconds(60)).isEmpty)
        let kept = try await ann.renew(many, for: .seconds(60))
        let won = try await bob.renew(many, for: .seconds(60))
        #expect(kept.count == 550)
        #expect(won.count == 550)
        #expect(Set(kept.keys).isDisjoint(with: won.keys))
        // Nobody gives away what he may keep.
        #expect(try await ann.renew(many, for: .seconds(60)) == kept)
        _ = try await eve.renew(many, for: .seconds(60))
        #expect(try await ann.renew(many, for: .seconds(60)).count == 367)
        #expect(try await bob.renew(many, for: .seconds(60)).count == 367)
        let third = try await eve.renew(many, for: .seconds(60))
        #expect(third.count == 366)
        try await eve.release(third)
        let (first, second) = (
            try await ann.renew(many, for: .seconds(60)), try await bob.renew(many, for: .seconds(60))
        )
        #expect(first.count == 550)
        #expect(second.count == 550)
    }

    @Test func `of a worker that died are taken when his have ended`() async throws {
        let many = (0..<10).map { BotName(AccountID(stored: "a\($0)"), on: .kick) }
        let (ann, bob) = (leases("ann"), leases("bob"))
        _ = try await ann.renew(many, for: .milliseconds(300))
        _ = try await bob.renew(many, for: .seconds(60))
        let began = ContinuousClock.now
        while try await bob.renew(many, for: .seconds(60)).count < 10 { try await Task.sleep(for: .milliseconds(20)) }
        #expect(ContinuousClock.now - began < .seconds(5))
    }

    @Test func `of one platform are shared by those who can act there`() async throws {
        let here = (0..<4).map { BotName(AccountID(stored: "a\($0)"), on: .kick) }
        let there = (0..<4).map { BotName(AccountID(stored: "a\($0)"), on: .trovo) }
        let (ann, bob) = (leases("ann"), leases("bob"))
        _ = try await ann.renew(here, for: .seconds(60))
        #expect(try await bob.renew(there, for: .seconds(60)).count == 4)
        #expect(try await ann.renew(here, for: .seconds(60)).count == 4)
    }

    @Test func `are taken for lost when Redis has forgotten them`() async throws {
        let ann = leases("ann")
        let first = try await ann.renew(bots, for: .seconds(60))
        try server.send("FLUSHALL")
        #expect(try await !ann.holds(bots[0], first[bots[0]] ?? 0))
    }
}

@Suite("The holder of leases")
struct LeaseHolderTests {
    private let clock = HandClock()

    private final class Scripted: LeaseAuthority {
        private let state = Gate()
        var isAway: Bool {
            get { state.value }
            set { state.value = newValue }
        }

        func renew(_ bots: [BotName], for term: Duration) async throws -> [BotName: Int] {
            if isAway { throw RedisError(.unreachable, "away") }
            return Dictionary(uniqueKeysWithValues: bots.map { ($0, 1) })
        }

        func holds(_ bot: BotName, _ fence: Int) async throws -> Bool { !isAway }
        func release(_ bots: [BotName: Int]) async throws {}
    }

    @Test func `loses what it cannot renew before others may take it`() async throws {
        let model = FeedModel(Samples.account("acct_1"), Samples.bot("acct_1", .twitch))
        let live = LiveSet(try ActiveSet(model), clock: clock.monotonic)
        let authority = Scripted()
        let holder = LeaseHolder(authority, live: live, clock: clock.monotonic, logger: Logger(label: "test"))
        let bot = BotName(.one, on: .twitch)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await holder.run() }
            await until { holder.lease(bot) != nil && clock.sleeperCount > 0 }
            authority.isAway = true
            clock.advance(by: LeaseHolder.interval)
            await until { clock.sleeperCount > 0 }
            #expect(holder.lease(bot)?.fence == 1)
            clock.advance(by: LeaseHolder.term - LeaseHolder.margin - LeaseHolder.interval)
            #expect(holder.lease(bot) == nil)
            authority.isAway = false
            await until {
                clock.advance(by: LeaseHolder.interval)
                return holder.lease(bot) != nil
            }
            group.cancelAll()
        }
    }

    @Test func `asks for bots that are connected, paused ones too`() throws {
        let model = FeedModel(
            Samples.account("acct_1"), Samples.bot("acct_1", .twitch), Samples.bot("acct_1", .kick, isPaused: true),
            Samples.bot("acct_1", .trovo, isConnected: false))
        let live = LiveSet(try ActiveSet(model), clock: clock.monotonic)
        #expect(live.connectedBots == [BotName(.one, on: .kick), BotName(.one, on: .twitch)])
    }
}
