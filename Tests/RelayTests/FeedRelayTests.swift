import Domain
import Projections
import Redis
import RedisStage
import Relay
import Synchronization
import TestTools
import Testing

extension Bot.Connection {
    static let lobby = Bot.Connection(channelID: "1", channelName: "lobby \"paused\":false", botUserID: nil)
    static let hall = Bot.Connection(channelID: "2", channelName: "hall", botUserID: nil)
}

extension EntityID {
    static let botOne = EntityID.bot(AccountID(stored: "acct_1"), .twitch)
    static let moduleOne = EntityID.botModule(AccountID(stored: "acct_1"), .wordFilter)
}

extension BotModule.Event {
    static func words(_ word: String) -> BotModule.Event {
        .upserted(
            enabled: true, config: JSONText(["blocked_words": [.string(word)]]), exemptRoles: JSONText(.emptyObject))
    }
}

@Suite("The relay", .timeLimit(.minutes(3)))
struct FeedRelayTests {
    @Test func `fills Redis with what there is, and writes every change as it comes`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        try await FeedStage.with { stage in
            try await stage.register()
            try await stage.append(Bot.Event.connected(.lobby), to: .botOne)
            let relay = stage.relay(to: server.url)
            try await relay.running {
                await stage.expectMirror(in: server)
                #expect(try RedisMirror.read(server.url)?.changes == [])
                try await stage.append(BotModule.Event.words("ä\u{0}\"b"), to: .moduleOne)
                try await stage.append(Bot.Event.paused(reason: "spam", until: nil), to: .botOne)
                try await stage.append(BotModule.Event.deleted, to: .moduleOne)
                await stage.expectMirror(in: server)
                let mirror = try #require(try RedisMirror.read(server.url))
                #expect(mirror.changes.map(\.id.description) == ["3-0", "4-0", "5-0"])
                #expect(mirror.documents.keys.sorted() == ["account-acct_1", "bot-acct_1:twitch"])
                let slice = try stage.readModels.changes(after: ChangeID(position: 2, index: 0), limit: 9)
                #expect(slice == .changes(mirror.changes))
                let status = relay.status
                #expect(status.isConnected && status.failure == nil && status.lagPositions == 0)
                #expect(status.head == status.redisTail && status.head.description == "5-0")
                #expect(status.lastPollAt != nil && status.lastWriteAt != nil && status.epoch == stage.head.epoch)
            }
        }
    }

    @Test func `begins with an empty feed, too, and names everything as documented`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        try await FeedStage.with { stage in
            try await stage.relay(to: server.url).running {
                await stage.expectMirror(in: server)
                try await stage.register()
                await stage.expectMirror(in: server)
            }
            let generation = "\(stage.head.epoch).1"
            let names = try #require(try server.send("KEYS", "*").array).compactMap(\.text)
            #expect(
                Set(names) == [
                    "{lumio}:head", "{lumio}:generations", "{lumio}:feed:\(generation)",
                    "{lumio}:state:\(generation):account",
                ])
            let head = try server.send("HGETALL", "{lumio}:head").members
            #expect(Set(head.keys) == ["epoch", "generation", "id", "digest", "documents", "at", "kinds"])
            #expect(head["epoch"]?.text == stage.head.epoch && head["id"]?.text == "1-0")
            let stored = try server.send("HGET", "{lumio}:state:\(generation):account", "acct_1").text
            #expect(stored?.hasPrefix("1-0 {\"account_id\":\"acct_1\"") == true)
            #expect(names.allSatisfy { $0.hasPrefix("{lumio}:") })
        }
    }

    @Test func `uses keys of one slot, so that Redis Cluster takes its scripts`() async throws {
        let server = try RedisServer(["--cluster-enabled", "yes", "--cluster-port", "\(RedisServer.freePort())"])
        defer { server.kill() }
        try server.send("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
        try await FeedStage.with { stage in
            try await stage.register()
            let relay = stage.relay(to: server.url)
            try await relay.running {
                #expect(await eventually { try stage.isMirrored(in: server) }, "\(relay.status)")
                try await stage.rename(3)
                await stage.expectMirror(in: server)
                // A seed that replaces another one touches the most keys.
                try server.send("DEL", FeedKeys().stream(try #require(relay.status.generation)))
                await stage.expectMirror(in: server)
            }
            let keys = FeedKeys(), generation = FeedGeneration(epoch: stage.head.epoch, number: 7)
            let names =
                keys.all(of: generation) + [keys.head, keys.generations, keys.worker("w"), keys.acknowledgements]
            let slots = try names.map { try server.send("CLUSTER", "KEYSLOT", $0).integer }
            #expect(Set(slots).count == 1 && slots[0] != nil)
        }
    }

    @Test func `tells those who listen what bots and modules are to do`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        try await FeedStage.with { stage in
            let heard = Mutex<[String]>([])
            let listener = RedisConnection(server.url)
            defer { listener.close() }
            let channels = ["lumio:bot:action:twitch:acct_1", "bot_modules:acct_1"]
            let listening = Task {
                try await listener.perform { session in
                    try session.subscribe(to: channels) { channel, bytes in
                        heard.withLock { $0.append("\(channel) \(String(decoding: bytes, as: UTF8.self))") }
                    }
                }
            }
            #expect(await eventually { try server.send("PUBSUB", "NUMSUB", channels[0]).array?[1].integer == 1 })
            try await stage.relay(to: server.url).running {
                await stage.expectMirror(in: server)
                let events: [Bot.Event] = [
                    .connected(.lobby), .paused(reason: nil, until: nil), .paused(reason: "more", until: nil),
                    .resumed(reason: nil, scheduled: false), .connected(.hall), .disconnected,
                ]
                for event in events { try await stage.append(event, to: .botOne) }
                try await stage.append(BotModule.Event.words("a"), to: .moduleOne)
                try await stage.append(BotModule.Event.deleted, to: .moduleOne)
                let actions = ["join", "leave", "sync", "join", "sync", "leave"].map { "\(channels[0]) bot_\($0)" }
                let expected = actions + Array(repeating: "\(channels[1]) word_filter", count: 2)
                #expect(await eventually { heard.withLock { $0 } == expected }, "\(heard.withLock { $0 })")
            }
            listener.close()
            _ = await listening.result
        }
    }

    @Test func `keeps about as many changes as it should`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        try await FeedStage.with { stage in
            var settings = RelaySettings.test
            settings.streamLengthMax = 100
            try await stage.relay(to: server.url, settings).running {
                await stage.expectMirror(in: server)
                try await stage.register()
                try await stage.rename(1_000)
                await stage.expectMirror(in: server)
                let kept = try RedisMirror.read(server.url)?.changes.count ?? 0
                // Redis drops whole nodes of a hundred entries.
                #expect(kept >= 100 && kept <= 300)
            }
        }
    }

    @Test func `stamps the head while nothing happens, and writes the rest when it stops`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        try await FeedStage.with { stage in
            try await stage.relay(to: server.url).running {
                await stage.expectMirror(in: server)
                let first = try RedisMirror.read(server.url)?.mark.at
                #expect(await eventually { try RedisMirror.read(server.url)?.mark.at != first })
                try await stage.register()
            }
            #expect(try stage.isMirrored(in: server))
        }
    }

    @Test func `lives with another relay beside it`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        try await FeedStage.with { stage in
            try await stage.register()
            let one = stage.relay(to: server.url), two = stage.relay(to: server.url)
            try await one.running {
                try await two.running {
                    for number in 0..<20 {
                        try await stage.rename(25, "\(number)")
                        if number == 10 { try server.send("FLUSHALL") }
                    }
                    await stage.expectMirror(in: server)
                    #expect(await eventually { one.status.lagPositions == 0 && two.status.lagPositions == 0 })
                }
            }
            #expect(one.status.failure == nil && two.status.failure == nil)
            let generation = try #require(RedisMirror.read(server.url)?.mark.generation)
            // Of those that were filled at once, one serves and none was left behind.
            let names = try #require(try server.send("KEYS", "{lumio}:state:*").array).compactMap(\.text)
            #expect(names.allSatisfy { $0.hasPrefix("{lumio}:state:\(generation):") }, "\(names)")
        }
    }
}
