import Domain
import EventStore
import Testing
import TestTools

@testable import Commands

@Suite("A command with an idempotency key")
struct IdempotencyTests {
    @Test func `gets the first answer again, whatever has happened since`() async throws {
        try await Bench.with { bench in
            try await bench.connect()
            let first = try await bench.pause(.test(key: "k"))
            _ = try await bench.resume()
            let again = try await bench.pause(.test(key: "k"))
            #expect(first == CommandOutcome(status: 200, changed: true, position: 3, replayed: false))
            #expect(again == CommandOutcome(status: 200, changed: true, position: 3, replayed: true))
            #expect(try bench.fold(Bot.self, .bot(.one, .twitch)).pause == nil)
        }
    }

    @Test func `gets its 201 again`() async throws {
        try await Bench.with { bench in
            func register() async throws -> CommandOutcome {
                try await bench.handler.registerAccount(
                    .one, name: "One", plan: .free, customBotAllowed: nil, .test(key: "k"))
            }
            _ = try await register()
            #expect(try await register() == CommandOutcome(status: 201, changed: true, position: 1, replayed: true))
        }
    }

    @Test func `is refused with another request`() async throws {
        try await Bench.with { bench in
            try await bench.connect()
            _ = try await bench.pause(.test(key: "k"))
            await #expect(throws: IdempotencyConflict.otherRequest) {
                try await bench.resume(.test(key: "k", body: "other"))
            }
            #expect(bench.journal.head == 3)
        }
    }

    @Test func `remembers that nothing was to be done`() async throws {
        try await Bench.with { bench in
            try await bench.connect()
            let first = try await bench.resume(.test(key: "k"))
            #expect(first == CommandOutcome(status: 200, changed: false, position: 2, replayed: false))
            _ = try await bench.pause()
            let again = try await bench.resume(.test(key: "k"))
            #expect(again == CommandOutcome(status: 200, changed: false, position: 2, replayed: true))
            #expect(try bench.fold(Bot.self, .bot(.one, .twitch)).pause != nil)
        }
    }

    @Test func `is tried again after a refusal`() async throws {
        try await Bench.with { bench in
            _ = try await bench.handler.registerAccount(.one, name: "One", plan: .pro, customBotAllowed: nil, .test())
            await #expect(throws: Refusal.self) { try await bench.pause(.test(key: "k")) }
            _ = try await bench.handler.connectBot(.one, .twitch, .lobby, .test())
            await #expect(throws: PreconditionFailed.self) { try await bench.pause(.test(seen: 9, key: "k")) }
            let outcome = try await bench.pause(.test(key: "k"))
            #expect(outcome.changed && !outcome.replayed)
        }
    }

    @Test func `runs once however often it is sent at the same time`() async throws {
        try await Bench.with { bench in
            try await bench.connect()
            let results = await race(50) { try await bench.pause(reason: "\($0)", .test(key: "k")) }
            #expect(results.outcomes.count { !$0.replayed } == 1)
            #expect(results.outcomes.allSatisfy { $0.changed && $0.position == 3 })
            #expect(results.failures.allSatisfy { $0 as? IdempotencyConflict == .stillRunning })
            #expect(bench.journal.head == 3)
            #expect(try await bench.pause(.test(key: "k")).replayed)
        }
    }

    @Test func `gets its answer again after a restart`() async throws {
        let directory = try TemporaryDirectory()
        try await Bench.with(in: directory) { bench in
            try await bench.connect()
            _ = try await bench.pause(.test(key: "k"))
        }
        try await Bench.with(in: directory) { bench in
            let again = try await bench.pause(.test(key: "k"))
            #expect(again == CommandOutcome(status: 200, changed: true, position: 3, replayed: true))
            await #expect(throws: IdempotencyConflict.otherRequest) {
                try await bench.pause(.test(key: "k", body: "other"))
            }
        }
    }

    @Test func `is a new request after a day`() async throws {
        try await Bench.with { bench in
            try await bench.connect()
            _ = try await bench.pause(.test(key: "k"))
            bench.clock.advance(seconds: 24 * 3600 + 1)
            let outcome = try await bench.resume(.test(key: "k", body: "other"))
            #expect(outcome.changed && !outcome.replayed)
        }
    }

    @Test func `gets its answer again although the same would be refused today`() async throws {
        try await Bench.with { bench in
            try await bench.connect()
            let settings = try ModuleSettingsSample.words
            func pause() async throws -> CommandOutcome {
                try await bench.pause(until: .seconds(10), .test(key: "pause"))
            }
            func upsert() async throws -> CommandOutcome {
                try await bench.handler.upsertBotModule(
                    .one, .wordFilter, enabled: true, settings, .test(key: "upsert"))
            }
            func connect() async throws -> CommandOutcome {
                try await bench.handler.connectBot(.one, .kick, .lobby, .test(key: "connect"))
            }
            _ = try await (pause(), upsert(), connect())
            bench.clock.advance(seconds: 11)
            _ = try await bench.handler.changeAccount(.one, name: nil, plan: .free, customBotAllowed: nil, .test())
            _ = try await bench.handler.disconnectBot(.one, .kick, .test())
            _ = try await bench.handler.switchProvider(
                .kick, [.init(.platform, false)], reason: "r", ticket: nil, .test())
            let answers = try await [pause(), upsert(), connect()]
            #expect(answers.allSatisfy { $0.replayed && $0.changed })
            #expect(answers.map(\.position) == [3, 4, 5])
        }
    }

    @Test func `takes the same key for what others ask, as its hash holds who asked`() async throws {
        try await Bench.with { bench in
            try await bench.connect()
            _ = try await bench.pause(.test(key: "caller 1 k"))
            let other = try await bench.pause(.test(key: "caller 2 k"))
            #expect(!other.replayed && !other.changed)
        }
    }
}
