import Domain
import EventStore
import Testing
import TestTools

@testable import Projections

@Suite("An event that cannot be applied")
struct PoisonTests {
    struct Poison: Sendable, CustomTestStringConvertible {
        let stream: String, type: String, data: String
        var version = 1, metadata = "{}"
        let reason: String

        var testDescription: String { "\(type) \(data)" }
    }

    private static let poisons = [
        Poison(stream: "bot-acct_1:twitch", type: "bot.paused", data: "garbage", reason: "not a JSON object"),
        Poison(stream: "bot-acct_1:twitch", type: "bot.paused", data: #"{"until":"x"}"#, reason: "not RFC 3339"),
        Poison(stream: "bot-acct_1:twitch", type: "bot.paused", data: "{}", metadata: "[]", reason: "not a JSON"),
        Poison(stream: "bot-acct_1:twitch", type: "bot.exploded", data: "{}", reason: "bot.exploded"),
        Poison(stream: "bot-acct_1:twitch", type: "bot.paused", data: "{}", version: 3, reason: "schema version 3"),
        Poison(stream: "bot-acct_1:msn", type: "bot.paused", data: "{}", reason: "msn is not a platform"),
        Poison(stream: "bot-twitch", type: "bot.paused", data: "{}", reason: "has no colon"),
        Poison(stream: "account-ghost", type: "account.renamed", data: #"{"personal":{"name":"x"}}"#, reason: "never"),
        Poison(stream: "provider-msn", type: "provider.bot_identity_unlinked", data: "{}", reason: "msn is not a"),
        Poison(
            stream: "bot_module-acct_1:quiz", type: "bot_module.upserted",
            data: #"{"enabled":true,"config":{},"exempt_roles":{}}"#, reason: "quiz is not a bot module"),
        Poison(
            stream: "bot_module-acct_1:word_filter", type: "bot_module.upserted",
            data: #"{"enabled":true,"config":[],"exempt_roles":{}}"#, reason: "config is not an object"),
        Poison(stream: "sticker-1", type: "sticker.added", data: "{}", reason: "no read model knows sticker"),
    ]

    @Test(arguments: poisons)
    func `parks its stream and nothing else, and a rebuild parks the same`(poison: Poison) async throws {
        try await Stage.with { stage in
            let stream = try #require(StreamID(name: poison.stream))
            let event = NewEvent.stored(
                poison.type, poison.data, version: poison.version, metadata: poison.metadata)
            try await stage.append(Account.Event.registered("One"), to: .accountOne)
            try await stage.append(event, to: stream)
            let parked = try stage.documents()
            // What follows in the stream is skipped, however right it is.
            try await stage.append(NewEvent(Bot.Event.connected(.lobby)), to: stream)
            #expect(try stage.documents() == parked)
            try await stage.append(Account.Event.renamed(name: "Two"), to: .accountOne)
            #expect(try stage.readModels.account(.one)?.name == "Two")

            let entry = try #require(try stage.status().parked.first)
            #expect(entry.stream == poison.stream && entry.position == 2 && entry.type == poison.type)
            #expect(entry.reason.contains(poison.reason), "\(entry.reason)")
            #expect(stage.readModels.trouble.parked == [entry])
            #expect(try stage.status().position == 4)
            #expect(try stage.changes().map(\.id.position) == [1, 4])
            try stage.expectFeedEndsInDocuments()
            try await stage.expectRebuildFindsNothing()
            #expect(try stage.status().parked == [entry])
        }
    }

    @Test func `leaves the last good document in its place`() async throws {
        try await Stage.with { stage in
            try await stage.append(Bot.Event.connected(.lobby), to: .botOne)
            let before = try stage.documents()
            try await stage.append(.stored("bot.paused", "{"), to: EntityID.botOne.stream)
            try await stage.append(Bot.Event.disconnected, to: .botOne)
            #expect(try stage.documents() == before)
            try stage.expectDigest()
        }
    }

    @Test func `does not spoil the events that were committed with it`() async throws {
        try await Stage.with { stage in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<60 {
                    let id = EntityID.account(AccountID(stored: "a\(number)"))
                    let isPoison = number % 3 == 0
                    group.addTask {
                        if isPoison { try await stage.append(.stored("account.registered", "{}"), to: id.stream) }
                        try await stage.append(Account.Event.registered("\(number)"), to: id)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try stage.status().parked.count == 20)
            #expect(try stage.snapshot().entries.count { $0.kind == .account } == 40)
            try stage.expectDigest()
            try await stage.expectRebuildFindsNothing()
        }
    }

    @Test func `is still parked after a restart`() async throws {
        let directory = try TemporaryDirectory()
        let parked = try await Stage.with(in: directory) { stage in
            try await stage.appendMixture()
            return try stage.status().parked
        }
        #expect(parked.map(\.stream) == ["account-ghost", "sticker-1"])
        try await Stage.with(in: directory) { stage in
            #expect(try stage.status().parked == parked)
            try await stage.append(
                NewEvent(Account.Event.registered("x")), to: StreamID(category: "account", key: "ghost"))
            #expect(try stage.readModels.account(AccountID(stored: "ghost")) == nil)
        }
    }

    @Test func `is not one of an older version, which is read as today's`() async throws {
        try await Stage.with { stage in
            let stream = EntityID.botOne.stream
            try await stage.append(
                .stored("bot.connected", #"{"channel_id":"1","channel_name":"lobby"}"#, version: 0), to: stream)
            try await stage.append(
                .stored(
                    "bot.paused", #"{"reason":"old","until":1700000900}"#, version: 0,
                    metadata: #"{"actor":{"kind":"user","id":"u9"}}"#), to: stream)
            try await stage.append(Account.Event.registered("One"), to: .accountOne)
            let bot = try #require(try stage.readModels.status(.one, .twitch)?.bot)
            #expect(bot.connection == .lobby)
            #expect(bot.pause == BotDocument.Pause(reason: "old", until: .seconds(900), by: "u9"))
            #expect(try stage.status().parked.isEmpty)
            #expect(try stage.changes().map(\.correlationID) == [nil, nil, "correlation"])
            try await stage.expectRebuildFindsNothing()
        }
    }
}
