import Domain
import Redis
import RedisStage
import Relay
import TestTools
import Testing

/// Anything may happen to Redis and to the relays in any order; in the end Redis holds what the read models hold.
@Suite("The relay in a storm", .timeLimit(.minutes(5)))
struct RelayStormTests {
    @Test(arguments: [UInt64.random(in: 0..<1_000_000), 7, 722_759])
    func `brings Redis to the read models' documents`(seed: UInt64) async throws {
        print("storm of seed \(seed)")
        var random = SeededRandom(seed: seed)
        let server = try RedisServer(["--appendonly", "yes"])
        defer { server.kill() }
        try await FeedStage.with { stage in
            var settings = RelaySettings.test
            settings.streamLengthMax = Int.random(in: 100...1_000, using: &random)
            var relays = [0, 1].map { _ in start(stage.relay(to: server.url, settings)) }
            for _ in 0..<40 {
                try await append(to: stage, &random)
                try await strike(server, stage, &random)
                if Int.random(in: 0..<4, using: &random) == 0 {
                    relays[0].cancel()
                    relays = [relays[1], start(stage.relay(to: server.url, settings))]
                }
                // Whatever is read meanwhile fits together, unless we have just torn it.
                do { _ = try RedisMirror.read(server.url) } catch is RedisError {} catch is RedisMirror.Incomplete {}
            }
            await stage.expectMirror(in: server)
            let mirror = try RedisMirror.read(server.url)
            #expect(mirror?.digest == stage.head.digest, "seed \(seed)")
            for relay in relays { relay.cancel() }
            for relay in relays { await relay.value }
        }
    }

    private func start(_ relay: FeedRelay) -> Task<Void, Never> {
        Task { try? await relay.run() }
    }

    private func append(to stage: FeedStage, _ random: inout SeededRandom) async throws {
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            let account = AccountID(stored: "acct_\(Int.random(in: 0..<20, using: &random))")
            let module = EntityID.botModule(account, .wordFilter), bot = EntityID.bot(account, .kick)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: try await stage.register(account.rawValue)
            case 1:
                try await stage.append(BotModule.Event.words("w\(UInt8.random(in: 0...9, using: &random))"), to: module)
            case 2: try await stage.append(BotModule.Event.deleted, to: module)
            case 3: try await stage.append(Bot.Event.connected(.lobby), to: bot)
            case 4: try await stage.append(Bot.Event.paused(reason: nil, until: nil), to: bot)
            default: try await stage.append(Bot.Event.resumed(reason: nil, scheduled: false), to: bot)
            }
        }
    }

    private func strike(_ server: RedisServer, _ stage: FeedStage, _ random: inout SeededRandom) async throws {
        let keys = FeedKeys()
        let serving = (try? RedisMirror.read(server.url))?.mark.generation
        let generation = serving ?? FeedGeneration(epoch: stage.head.epoch, number: 1)
        switch Int.random(in: 0..<14, using: &random) {
        case 0: try server.send("FLUSHALL")
        case 1: try server.send("DEL", keys.stream(generation))
        case 2: try server.send("XTRIM", keys.stream(generation), "MAXLEN", "0")
        case 3: try server.send("DEL", keys.state(generation, .bot))
        case 4: try server.send("DEL", keys.head)
        case 5:
            server.kill()
            try await append(to: stage, &random)
            try server.start()
        case 6:
            server.stop()
            try server.start()
        case 7: try server.send("CLIENT", "KILL", "TYPE", "normal")
        case 8: try server.send("SCRIPT", "FLUSH")
        default: try await Task.sleep(for: .milliseconds(Int.random(in: 0...50, using: &random)))
        }
    }
}
