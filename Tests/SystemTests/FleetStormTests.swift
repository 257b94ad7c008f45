import Domain
import EventStore
import Foundation
import Redis
import RedisStage
import Relay
import TestTools
import Testing
import Worker

/// Two relays write at once, come and go, and lie behind a network that stalls, as workers do; Redis is torn meanwhile,
/// and the journal gives way to an older copy of it.
///
/// `BOTCONTROL_CHAOS_SEED` repeats a run.
@Suite("Workers behind two relays in a storm", .serialized, .timeLimit(.minutes(3)))
struct FleetStormTests {
    private static let seed =
        ProcessInfo.processInfo.environment["BOTCONTROL_CHAOS_SEED"].flatMap { UInt64($0) }
        ?? .random(in: 0..<1_000_000)
    private static let steps = 10

    @Test func `come to the read models' documents, each change once and in order`() async throws {
        print("storm of seed \(Self.seed)")
        var random = SeededRandom(seed: Self.seed)
        let redis = try RedisServer(["--appendonly", "yes"])
        defer { redis.kill() }
        let proxies = try (0..<4).map { _ in try StallingProxy(to: redis.port) }
        defer { for proxy in proxies { proxy.close() } }
        var limits = RedisSession.Limits()
        limits.replySeconds = 0.5
        let workers = try [Self.url(of: proxies[2]), Self.url(of: proxies[3]), redis.url].enumerated().map {
            number, url in
            try AuditedWorker(name: "w\(number)", source: RedisFeed(url, limits: limits))
        }
        let directory = try TemporaryDirectory(), restored = try TemporaryDirectory()
        let backup = directory.path + "/backup"
        try await FeedStage.with(in: directory) { stage in
            try await stage.register()
            try Journal.backup(directory: directory.path, to: backup)
            try await storm(stage, redis, proxies, workers, &random)
        }
        _ = try Journal.restore(from: backup, directory: restored.path)
        try await FeedStage.with(in: restored) { stage in
            try await storm(stage, redis, proxies, workers, &random)
        }
        for worker in workers {
            #expect(worker.findings.faults == [] && worker.findings.changes > 0, "seed \(Self.seed)")
            await worker.stop()
        }
    }

    private static func url(of proxy: StallingProxy) -> RedisURL { RedisURL(host: "127.0.0.1", port: proxy.port) }

    private func expectEqual(_ workers: [AuditedWorker], _ stage: FeedStage) async {
        let digest = stage.head.digest.description
        for worker in workers {
            let comes = await eventually { worker.digest == digest }
            #expect(comes, "seed \(Self.seed)")
        }
    }

    private func storm(
        _ stage: FeedStage, _ redis: RedisServer, _ proxies: [StallingProxy], _ workers: [AuditedWorker],
        _ random: inout SeededRandom
    ) async throws {
        func begin(_ proxy: StallingProxy) -> Task<Void, Never> {
            let relay = stage.relay(to: Self.url(of: proxy))
            return Task { try? await relay.run() }
        }
        var relays = [begin(proxies[0])]
        for _ in 0..<Self.steps {
            try await append(to: stage, &random)
            if relays.count == 2, Bool.random(using: &random) {
                relays.removeFirst().cancel()
            } else if relays.count < 2 {
                relays.append(begin(proxies[Int.random(in: 0...1, using: &random)]))
            }
            let proxy = proxies[Int.random(in: proxies.indices, using: &random)]
            switch Int.random(in: 0..<9, using: &random) {
            case 0: try redis.send("FLUSHALL")
            case 1: try redis.send("DEL", "{lumio}:head")
            case 2:
                redis.kill()
                try await append(to: stage, &random)
                try redis.start()
            case 3: try redis.send("CLIENT", "KILL", "TYPE", "normal")
            case 4: proxy.cut()
            case 5, 6: proxy.stall([.up, .down].shuffled(using: &random).prefix(1).reduce(into: []) { $0.insert($1) })
            case 7: proxy.stall()
            default: for proxy in proxies { proxy.goOn() }
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...200, using: &random)))
        }
        for proxy in proxies { proxy.goOn() }
        for relay in relays { relay.cancel() }
        for relay in relays { await relay.value }
        // The calm afterwards.
        try await stage.relay(to: redis.url).running {
            try await stage.register("acct_last")
            await stage.expectMirror(in: redis)
            await expectEqual(workers, stage)
            try await trim(stage, redis, behind: proxies[2])
            await expectEqual(workers, stage)
        }
    }

    /// A worker that is held up finds the stream trimmed, and entries whose predecessors it never saw.
    private func trim(_ stage: FeedStage, _ redis: RedisServer, behind proxy: StallingProxy) async throws {
        proxy.stall([.down])
        for _ in 1...2 {
            try await stage.rename(5, of: "acct_last")
            await stage.expectMirror(in: redis)
            guard let mark = try RedisMirror.read(redis.url)?.mark else { continue }
            try redis.send("XTRIM", FeedKeys().stream(mark.generation), "MAXLEN", "1")
        }
        proxy.goOn()
    }

    private func append(to stage: FeedStage, _ random: inout SeededRandom) async throws {
        for _ in 0..<Int.random(in: 1...5, using: &random) {
            let account = AccountID(stored: "acct_\(Int.random(in: 0..<20, using: &random))")
            let bot = EntityID.bot(account, .kick)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: try await stage.register(account.rawValue)
            case 1:
                let hall = Bot.Connection(channelID: "1", channelName: "hall", botUserID: nil)
                try await stage.append(Bot.Event.connected(hall), to: bot)
            case 2: try await stage.append(Bot.Event.paused(reason: nil, until: nil), to: bot)
            default: try await stage.append(Bot.Event.resumed(reason: nil, scheduled: false), to: bot)
            }
        }
    }
}
