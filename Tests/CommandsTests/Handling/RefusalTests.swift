import Commands
import Domain
import EventStore
import Testing

@Suite("A refused command")
struct RefusalTests {
    /// Expects the refusal, and that nothing was written.
    private func expectRefused(
        _ code: Refusal.Code, _ bench: Bench, location: SourceLocation = #_sourceLocation,
        _ body: () async throws -> CommandOutcome
    ) async {
        let head = bench.journal.head
        let error = await #expect(throws: Refusal.self, sourceLocation: location) { try await body() }
        #expect(error?.code == code, sourceLocation: location)
        #expect(bench.journal.head == head, sourceLocation: location)
    }

    @Test func `names an account that there is not`() async throws {
        try await Bench.with { bench in
            let settings = try ModuleSettingsSample.words
            await expectRefused(.accountNotFound, bench) { try await bench.pause() }
            await expectRefused(.accountNotFound, bench) { try await bench.resume() }
            await expectRefused(.accountNotFound, bench) {
                try await bench.handler.connectBot(.one, .twitch, .lobby, .test())
            }
            await expectRefused(.accountNotFound, bench) {
                try await bench.handler.disconnectBot(.one, .twitch, .test())
            }
            await expectRefused(.accountNotFound, bench) {
                try await bench.handler.deleteBotModule(.one, .wordFilter, .test())
            }
            await expectRefused(.accountNotFound, bench) {
                try await bench.handler.upsertBotModule(.one, .wordFilter, enabled: true, settings, .test())
            }
        }
    }

    @Test func `is what a plan without bot modules gets, except for deleting`() async throws {
        try await Bench.with { bench in
            let settings = try ModuleSettingsSample.words
            func upsert(_ enabled: Bool = true) async throws -> CommandOutcome {
                try await bench.handler.upsertBotModule(.one, .wordFilter, enabled: enabled, settings, .test())
            }
            func change(plan: Plan? = nil, limit: Account.Limit? = nil) async throws {
                _ = try await bench.handler.changeAccount(.one, name: nil, plan: plan, customBotAllowed: limit, .test())
            }
            _ = try await bench.handler.registerAccount(.one, name: "One", plan: .free, customBotAllowed: nil, .test())
            await expectRefused(.planRequired, bench) { try await upsert() }
            try await change(plan: .pro)
            #expect(try await upsert().changed)
            try await change(plan: .free)
            await expectRefused(.planRequired, bench) { try await upsert(false) }
            // Not even what would change nothing: the module does not run on this plan.
            await expectRefused(.planRequired, bench) { try await upsert() }
            try await change(limit: .own(true))
            #expect(try await upsert(false).changed)
            try await change(plan: .enterprise, limit: .own(false))
            await expectRefused(.planRequired, bench) { try await upsert() }
            try await change(limit: .plan)
            #expect(try await upsert().changed)
            try await change(plan: .free)
            #expect(try await bench.handler.deleteBotModule(.one, .wordFilter, .test()).changed)
            #expect(try await bench.handler.deleteBotModule(.one, .wordFilter, .test()).changed == false)
        }
    }

    @Test(arguments: [Provider.Flag.platform, .channel])
    func `is what new channels of a switched-off provider get`(flag: Provider.Flag) async throws {
        try await Bench.with { bench in
            try await bench.connect()
            func turn(_ enabled: Bool) async throws {
                _ = try await bench.handler.switchProvider(
                    .twitch, [.init(flag, enabled)], reason: "r", ticket: nil, .test())
            }
            try await turn(false)
            #expect(try await bench.handler.connectBot(.one, .twitch, .lobby, .test()).changed == false)
            await expectRefused(.providerDisabled, bench) {
                try await bench.handler.connectBot(.one, .twitch, .arena, .test())
            }
            #expect(try await bench.pause().changed)
            #expect(try await bench.resume().changed)
            #expect(try await bench.handler.connectBot(.one, .kick, .lobby, .test()).changed)
            #expect(try await bench.handler.disconnectBot(.one, .twitch, .test()).changed)
            await expectRefused(.providerDisabled, bench) {
                try await bench.handler.connectBot(.one, .twitch, .lobby, .test())
            }
            try await turn(true)
            #expect(try await bench.handler.connectBot(.one, .twitch, .lobby, .test()).changed)
        }
    }

    @Test(arguments: [Provider.Flag.login, .bot])
    func `is not what new channels get for any other flag`(flag: Provider.Flag) async throws {
        try await Bench.with { bench in
            _ = try await bench.handler.switchProvider(
                .twitch, [.init(flag, false)], reason: "r", ticket: nil, .test())
            try await bench.connect()
        }
    }

    @Test(arguments: [0, -1])
    func `is a pause that would be over already`(seconds: Int) async throws {
        try await Bench.with { bench in
            try await bench.connect()
            let error = await #expect(throws: ValidationFailed.self) { try await bench.pause(until: .seconds(seconds)) }
            #expect(error?.failures.map(\.path) == ["until"] && error?.failures.map(\.code) == ["out_of_range"])
            #expect(bench.journal.head == 2)
            #expect(try await bench.pause(until: .seconds(1)).changed)
        }
    }

    @Test func `leaves the resuming of a pause that has ended to whoever comes first`() async throws {
        try await Bench.with { bench in
            try await bench.connect()
            _ = try await bench.pause(until: .seconds(10))
            bench.clock.advance(seconds: 11)
            func onSchedule() async throws -> Bool {
                try await bench.handler.resumeBotOnSchedule(.one, .twitch, until: .seconds(10), .test()).changed
            }
            #expect(try await onSchedule())
            #expect(try await onSchedule() == false)
            _ = try await bench.pause(until: .seconds(100))
            #expect(try await onSchedule() == false)
            #expect(try bench.fold(Bot.self, .bot(.one, .twitch)).pause?.until == .seconds(100))
        }
    }
}
