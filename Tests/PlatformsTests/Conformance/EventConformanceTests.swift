import Domain
import Platforms
import TestTools
import Testing

@Suite("Every platform's events", .timeLimit(.minutes(2)))
struct EventConformanceTests {
    /// Every kind on every platform that has it.
    struct Case: Sendable, CustomTestStringConvertible {
        let platform: BenchKind, kind: PlatformEvent.Kind
        var testDescription: String { "\(platform.rawValue):\(kind.rawValue)" }

        static let all = BenchKind.allCases.flatMap { bench in
            (Platform(rawValue: bench.rawValue)?.eventKinds ?? []).map { Case(platform: bench, kind: $0) }
        }
    }

    /// What each kind may tell, wherever it comes from, with an example of what it tells for sure where it tells it.
    private static let members: [PlatformEvent.Kind: [String: JSON?]] = [
        .follower: ["followedAt": nil],
        .subscribe: ["tier": nil, "isGift": false],
        .giftSub: ["tier": nil, "total": 5, "cumulativeTotal": nil, "isAnonymous": false],
        .resub: [
            "tier": nil, "message": nil, "cumulativeMonths": 7, "streakMonths": nil, "durationMonths": nil,
        ],
        .cheer: [
            "bits": 100, "message": "well done", "isAnonymous": false, "amountMicros": 5_000_000, "currency": "EUR",
            "amount": "€5.00",
        ],
        .raid: ["viewers": 12],
        .reward: ["rewardId": "r1", "title": "Hydrate", "cost": 50, "input": "now", "status": nil],
        .ban: [
            "reason": "spam", "moderatorId": nil, "moderatorLogin": nil, "endsAt": nil, "isPermanent": nil,
        ],
        .streamOnline: ["type": "live", "startedAt": nil],
    ]

    /// Without these a handler could do nothing with it.
    private static let needed: [PlatformEvent.Kind: [Set<String>]] = [
        .giftSub: [["total"]], .resub: [["cumulativeMonths"]], .cheer: [["bits"], ["amountMicros", "currency"]],
        .raid: [["viewers"]], .reward: [["rewardId", "title", "cost", "input"]], .ban: [["isPermanent"]],
    ]

    private func wanting(
        _ kind: PlatformEvent.Kind, on platform: BenchKind, _ body: (any PlatformBench, EarLog) async throws -> Void
    ) async throws {
        try await platform.listening { bench, log in
            bench.ears.want([kind], in: bench.channel.id)
            await until { bench.isTold(kind) }
            try await body(bench, log)
        }
    }

    @Test(arguments: Case.all)
    func `are told in the form that all share`(example: Case) async throws {
        try await wanting(example.kind, on: example.platform) { bench, log in
            let before = WallClock.system.now
            bench.happens(example.kind, by: "bob", isWhole: true)
            await until { !log.happened.isEmpty }
            // What goes with it must not be told as another.
            _ = bench.say("end", by: "bob")
            await until { log.texts.contains("end") || example.kind == .streamOnline }
            let event = try #require(log.happened.first)
            #expect(log.happened.count == 1 && event.kind == example.kind && event.channel == bench.channel)
            #expect(!event.id.isEmpty && abs(event.at.seconds(since: before)) < 10)
            switch (example.kind, event.user) {
            case (.streamOnline, nil): break
            case (.streamOnline, let user?): #expect(user.roles.contains(.broadcaster))
            case (_, let user): #expect(user?.id == bench.id(of: "bob") && user?.name == "bob")
            }
            let known = try #require(Self.members[example.kind]), told = try #require(event.data.members)
            for member in told {
                let expected = try #require(known[member.name], "\(member.name) is told by no other")
                if let expected { #expect(member.value == expected, "\(member.name)") }
            }
            let needed = Self.needed[example.kind] ?? [[]]
            #expect(needed.contains { $0.isSubset(of: told.map(\.name)) }, "\(event.data.text)")
            var writer = JSONWriter()
            event.encode(into: &writer)
            #expect(try PlatformEvent(JSONParser.parse(writer.bytes)) == event, "it crosses a stream as JSON")
        }
    }

    @Test(arguments: Case.all)
    func `are told once that come twice`(example: Case) async throws {
        try await wanting(example.kind, on: example.platform) { bench, log in
            guard bench.traits.repeatsEvents, example.kind != .streamOnline || example.platform != .youtube else {
                return
            }
            bench.happens(example.kind, by: "bob", isWhole: true)
            await until { log.happened.count == 1 }
            bench.repeatLast()
            _ = bench.say("end", by: "bob")
            await until { log.texts.contains("end") }
            #expect(log.happened.count == 1)
        }
    }

    @Test(arguments: Case.all)
    func `harm nobody when half of them is missing`(example: Case) async throws {
        try await wanting(example.kind, on: example.platform) { bench, log in
            bench.happens(example.kind, by: "bob", isWhole: false)
            bench.tellUnknown()
            await until {
                _ = bench.say("here", by: "bob")
                return log.texts.contains("here")
            }
            #expect(log.refusals.isEmpty)
            // Twitch leaves out who stays unknown.
            #expect(log.happened.isEmpty || example.platform == .twitch)
        }
    }

    @Test(arguments: Case.all)
    func `are not told that were there before the bot`(example: Case) async throws {
        try await example.platform.with { bench in
            bench.happens(example.kind, by: "bob", isWhole: true)
            try await Task.sleep(for: .milliseconds(1_100))
            let log = EarLog()
            bench.ears.join(bench.channel, login: bench.ownerName)
            bench.ears.want([example.kind], in: bench.channel.id)
            await log.during(bench.ears) {
                await until { log.aliveCount(bench.channel.id) > 0 && bench.isTold(example.kind) }
                await until {
                    _ = bench.say("now", by: "bob")
                    return log.texts.contains("now")
                }
                #expect(log.happened.isEmpty)
            }
        }
    }

    @Test(arguments: Case.all)
    func `are not told of a channel that was left`(example: Case) async throws {
        try await wanting(example.kind, on: example.platform) { bench, log in
            bench.ears.leave(bench.channel.id)
            bench.happens(example.kind, by: "bob", isWhole: true)
            try await Task.sleep(for: .milliseconds(200))
            #expect(log.happened.isEmpty)
        }
    }
}
