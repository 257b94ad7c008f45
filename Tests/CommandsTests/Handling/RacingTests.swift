import Domain
import EventStore
import Testing

@testable import Commands

@Suite("Racing commands")
struct RacingTests {
    private let entity = EntityID.bot(.one, .twitch)

    @Test func `let exactly one win that saw the same revision`() async throws {
        try await Bench.with { bench in
            try await bench.connect()
            let results = await race(100) { number in
                try await bench.pause(reason: "\(number)", until: .seconds(1 + number), .test(seen: 0))
            }
            #expect(results.outcomes.map(\.changed) == [true])
            #expect(results.failures.count == 99 && results.failures.allSatisfy { $0 is PreconditionFailed })
            #expect(try bench.types(entity) == ["bot.connected", "bot.paused"])
        }
    }

    @Test func `all succeed without a revision, one after the other`() async throws {
        try await Bench.with { bench in
            try await bench.connect()
            let results = await race(100) { try await bench.pause(until: .seconds(1 + $0)) }
            #expect(results.outcomes.count == 100 && results.outcomes.allSatisfy(\.changed))
            #expect(Set(results.outcomes.map(\.position)) == Set(3...102))
            let loaded = try bench.handler.load(Bot.self, entity)
            #expect(loaded.revision == 100)
            #expect(try loaded.state == bench.fold(Bot.self, entity))
        }
    }

    @Test func `tell their events once when all want the same`() async throws {
        try await Bench.with { bench in
            try await bench.connect()
            let results = await race(100) { _ in try await bench.pause(reason: "spam") }
            #expect(results.outcomes.count { $0.changed } == 1)
            #expect(results.outcomes.map(\.position) == Array(repeating: 3, count: 100))
        }
    }

    @Test func `leave no old state in memory`() async throws {
        let accounts = (0..<4).map { AccountID(stored: "a\($0)") }
        try await Bench.with { bench in
            for account in accounts {
                _ = try await bench.handler.registerAccount(
                    account, name: "x", plan: .free, customBotAllowed: nil, .test())
                _ = try await bench.handler.connectBot(account, .kick, .lobby, .test())
            }
            let results = await race(600) { number in
                let account = accounts[number % 4]
                if number % 3 == 0 {
                    return try await bench.handler.resumeBot(account, .kick, reason: nil, .test())
                }
                return try await bench.handler.pauseBot(
                    account, .kick, reason: nil, until: number % 2 == 0 ? .seconds(number + 1) : nil, .test())
            }
            #expect(results.failures.isEmpty)
            for account in accounts {
                let entity = EntityID.bot(account, .kick)
                let loaded = try bench.handler.load(Bot.self, entity)
                let events = try bench.journal.readStream(entity.stream)
                #expect(try loaded.state == bench.fold(Bot.self, entity))
                #expect(loaded.revision == events.last?.revision && loaded.position == events.last?.position)
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `see what was committed, even before its caller is answered`() async throws {
        try await Bench.with { bench in
            try await bench.connect()
            let held = HeldAnswers()
            bench.journal.observe(with: held)
            async let pause = bench.pause()
            try await held.wait(for: 1)
            // Whoever looks at the read models or the feed sees the pause now, and may act on it.
            #expect(try bench.handler.load(Bot.self, entity).revision == 1)
            await #expect(throws: PreconditionFailed(seen: 0, actual: 1)) { try await bench.resume(.test(seen: 0)) }
            async let resume = bench.resume(.test(seen: 1))
            try await held.wait(for: 2)
            held.letGo()
            #expect(try await pause.changed)
            #expect(try await resume.changed)
            #expect(try bench.types(entity) == ["bot.connected", "bot.paused", "bot.resumed"])
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `do not give up while the winner waits for slow read models`() async throws {
        try await Bench.with { bench in
            try await bench.connect()
            let held = HeldAnswers()
            bench.journal.observe(with: held)
            let racing = Task { await race(20) { try await bench.pause(until: .seconds(1 + $0)) } }
            try await held.wait(for: 1)
            try await Task.sleep(for: .milliseconds(300))
            held.letGo()
            let results = await racing.value
            #expect(results.failures.isEmpty, "\(String(describing: results.failures.first))")
            #expect(try bench.types(entity).count == 21)
        }
    }
}
