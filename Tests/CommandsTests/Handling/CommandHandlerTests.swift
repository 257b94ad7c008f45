import Domain
import EventStore
import Testing
import TestTools

@testable import Commands

@Suite("The command handler")
struct CommandHandlerTests {
    @Test func `answers 201 for what came into being, and 200 for everything else`() async throws {
        try await Bench.with { bench in
            let made = try await bench.handler.registerAccount(
                .one, name: "One", plan: .pro, customBotAllowed: nil, .test())
            #expect(made == CommandOutcome(status: 201, changed: true, position: 1, replayed: false))
            let again = try await bench.handler.registerAccount(
                .one, name: "One", plan: .pro, customBotAllowed: nil, .test())
            #expect(again == CommandOutcome(status: 200, changed: false, position: 1, replayed: false))
            let connected = try await bench.handler.connectBot(.one, .twitch, .lobby, .test())
            #expect(connected == CommandOutcome(status: 200, changed: true, position: 2, replayed: false))
        }
    }

    @Test func `answers a no-op with the position of the entity's last change`() async throws {
        try await Bench.with { bench in
            try await bench.connect()
            let paused = try await bench.pause()
            _ = try await bench.handler.connectBot(.one, .kick, .lobby, .test())
            let again = try await bench.pause()
            #expect(again == CommandOutcome(status: 200, changed: false, position: paused.position, replayed: false))
            #expect(bench.journal.head == 4)
        }
    }

    @Test func `answers position 0 for a no-op on what never was`() async throws {
        try await Bench.with { bench in
            _ = try await bench.handler.registerAccount(.one, name: "One", plan: .pro, customBotAllowed: nil, .test())
            let outcome = try await bench.handler.disconnectBot(.one, .kick, .test())
            #expect(outcome == CommandOutcome(status: 200, changed: false, position: 0, replayed: false))
        }
    }

    @Test func `appends the events of one command together, with its metadata`() async throws {
        try await Bench.with { bench in
            let switches: [Provider.Switch] = [.init(.login, false), .init(.bot, false)]
            let outcome = try await bench.handler.switchProvider(
                .kick, switches, reason: "incident", ticket: "T-1", .test())
            #expect(outcome.position == 2)
            let events = try bench.journal.readStream(EntityID.provider(.kick).stream)
            #expect(events.map(\.type) == ["provider.switched", "provider.switched"])
            let metadata = String(decoding: events[1].metadata, as: UTF8.self)
            #expect(metadata.contains(#""command_id":"command""#) && metadata.contains(#""correlation_id":"corr"#))
            #expect(events.map(\.stream.account) == [nil, nil])
        }
    }

    @Test func `names the account that a stream belongs to`() async throws {
        try await Bench.with { bench in
            try await bench.connect()
            let page = try bench.journal.readAll(EventFilter(account: "acct_1"), limit: 10)
            #expect(page.events.map(\.type) == ["account.registered", "bot.connected"])
        }
    }

    @Test func `refuses a revision that is not the newest, and appends nothing`() async throws {
        try await Bench.with { bench in
            try await bench.connect()
            await #expect(throws: PreconditionFailed(seen: -1, actual: 0)) {
                try await bench.pause(.test(seen: -1))
            }
            await #expect(throws: PreconditionFailed(seen: 7, actual: 0)) { try await bench.pause(.test(seen: 7)) }
            #expect(bench.journal.head == 2)
            #expect(try await bench.pause(.test(seen: 0)).changed)
            await #expect(throws: PreconditionFailed(seen: 0, actual: 1)) { try await bench.pause(.test(seen: 0)) }
            #expect(try await bench.pause(.test(seen: 1)).changed == false)
        }
    }

    @Test func `takes -1 as the revision of what has no events`() async throws {
        try await Bench.with { bench in
            _ = try await bench.handler.registerAccount(
                .one, name: "One", plan: .pro, customBotAllowed: nil, .test(seen: -1))
            await #expect(throws: PreconditionFailed(seen: 0, actual: -1)) {
                try await bench.handler.connectBot(.one, .kick, .lobby, .test(seen: 0))
            }
            #expect(try await bench.handler.connectBot(.one, .kick, .lobby, .test(seen: -1)).changed)
        }
    }

    @Test func `goes on from what another handler wrote`() async throws {
        let directory = try TemporaryDirectory()
        try await Bench.with(in: directory) { bench in
            try await bench.connect()
            _ = try await bench.pause(reason: "spam", until: .seconds(60))
        }
        try await Bench.with(in: directory) { bench in
            let loaded = try bench.handler.load(Bot.self, .bot(.one, .twitch))
            #expect(loaded.revision == 1 && loaded.position == 3)
            #expect(loaded.state == Bot.State(connection: .lobby, pause: .init(reason: "spam", until: .seconds(60))))
            #expect(try await bench.pause().changed == false)
            #expect(try await bench.resume().position == 4)
        }
    }

    @Test func `reads what an older version of the program wrote`() async throws {
        try await Bench.with { bench in
            let events = [
                ("bot.connected", #"{"channel_id":"1","channel_name":"lobby"}"#),
                ("bot.paused", #"{"reason":"old","until":1700000060}"#),
            ].map { NewEvent(type: $0.0, schemaVersion: 0, data: Array($0.1.utf8), metadata: Array("{}".utf8)) }
            let entity = EntityID.bot(.one, .twitch)
            _ = try await bench.journal.append(events, to: entity.stream, expected: .noStream)
            let state = try bench.handler.load(Bot.self, entity).state
            #expect(state == Bot.State(connection: .lobby, pause: .init(reason: "old", until: .seconds(60))))
        }
    }

    @Test func `fails on a stream that it cannot read, without forgetting that it cannot`() async throws {
        try await Bench.with { bench in
            let entity = EntityID.bot(.one, .twitch)
            let garbage = NewEvent(type: "bot.paused", schemaVersion: 99, data: [123, 125], metadata: [123, 125])
            _ = try await bench.journal.append([garbage], to: entity.stream, expected: .noStream)
            for _ in 0..<2 {
                #expect(throws: StoredObject.Unreadable.self) { try bench.handler.load(Bot.self, entity) }
            }
        }
    }
}
