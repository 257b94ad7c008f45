import Domain
import Platforms
import Testing

@Suite("Every platform's hands", .timeLimit(.minutes(2)))
struct ActingConformanceTests {
    @Test(arguments: BenchKind.allCases)
    func `delete a message, and find a deleted one deleted`(kind: BenchKind) async throws {
        try await kind.with { bench in
            let id = bench.say("buy now", by: "bob")
            #expect(await bench.hands.perform(.delete(messageID: id), in: bench.channel) == .done(seconds: nil))
            #expect(await bench.hands.perform(.delete(messageID: id), in: bench.channel) == .alreadySo)
            #expect(bench.deeds == [.deleted(id)])
        }
    }

    @Test(arguments: BenchKind.allCases)
    func `send nothing for a message without an id`(kind: BenchKind) async throws {
        try await kind.with { bench in
            for id in ["", " "] {
                guard case .notActionable = await bench.hands.perform(.delete(messageID: id), in: bench.channel) else {
                    Issue.record("\(id)")
                    continue
                }
            }
            #expect(bench.requestCount == 0)
        }
    }

    @Test(arguments: BenchKind.allCases)
    func `time out for as long as the platform can, and say how long that was`(kind: BenchKind) async throws {
        try await kind.with { bench in
            for (number, timeout) in bench.traits.timeouts.enumerated() {
                let name = "bob\(number)"
                _ = bench.say("spam", by: name)
                let user = bench.id(of: name)
                let action = ChatAction.timeout(userID: user, seconds: timeout.asked, reason: "spam")
                #expect(await bench.hands.perform(action, in: bench.channel) == .done(seconds: timeout.set))
                #expect(bench.deeds.last == .timedOut(user, seconds: timeout.set))
            }
        }
    }

    @Test(arguments: BenchKind.allCases)
    func `ban, and find who is banned banned`(kind: BenchKind) async throws {
        try await kind.with { bench in
            _ = bench.say("spam", by: "bob")
            let bob = bench.id(of: "bob"), ban = ChatAction.ban(userID: bob, reason: "spam")
            #expect(await bench.hands.perform(ban, in: bench.channel) == .done(seconds: nil))
            let again = await bench.hands.perform(ban, in: bench.channel)
            #expect(again == .alreadySo || (again == .done(seconds: nil) && !bench.traits.knowsBanned))
            #expect(bench.deeds.first == .banned(bob))
        }
    }

    @Test(arguments: BenchKind.allCases)
    func `warn, or say that the platform has no warnings`(kind: BenchKind) async throws {
        try await kind.with { bench in
            _ = bench.say("spam", by: "bob")
            let bob = bench.id(of: "bob"), before = bench.requestCount
            let outcome = await bench.hands.perform(.warn(userID: bob, reason: "mind it"), in: bench.channel)
            if bench.traits.warns {
                #expect(outcome == .done(seconds: nil))
                #expect(bench.deeds == [.warned(bob, "mind it")])
            } else {
                #expect(outcome == .unsupported)
                #expect(bench.requestCount == before)
            }
        }
    }

    @Test(arguments: BenchKind.allCases)
    func `speak, and cut what is too long`(kind: BenchKind) async throws {
        try await kind.with { bench in
            let say = { (text: String) in await bench.hands.perform(.say(text: text, replyTo: nil), in: bench.channel) }
            #expect(await say("hello é \"quoted\" \\ \u{1F600}") == .done(seconds: nil))
            let long = String(repeating: "ab", count: bench.traits.textLengthMax)
            #expect(await say(long) == .done(seconds: nil))
            #expect(
                bench.deeds == [
                    .said("hello é \"quoted\" \\ \u{1F600}"), .said(String(long.prefix(bench.traits.textLengthMax))),
                ])
            let before = bench.requestCount
            guard case .notActionable = await say(" \n") else {
                Issue.record("says nothing at all")
                return
            }
            #expect(bench.requestCount == before)
        }
    }

    @Test(arguments: BenchKind.allCases)
    func `say whom they may not touch, and leave it at that`(kind: BenchKind) async throws {
        try await kind.with { bench in
            bench.makeModerator("mod")
            _ = bench.say("I am a moderator", by: "mod")
            let mod = bench.id(of: "mod")
            for action in [
                ChatAction.ban(userID: mod, reason: nil), .timeout(userID: mod, seconds: 60, reason: nil),
            ] {
                guard case .notActionable(let reason) = await bench.hands.perform(action, in: bench.channel) else {
                    Issue.record("\(action)")
                    continue
                }
                #expect(!reason.isEmpty)
            }
            #expect(bench.deeds.isEmpty)
        }
    }

    @Test(arguments: BenchKind.allCases)
    func `say when they were too fast, and for how long`(kind: BenchKind) async throws {
        try await kind.with { bench in
            let id = bench.say("spam", by: "bob")
            bench.limitRate(.delete, seconds: 7)
            switch await bench.hands.perform(.delete(messageID: id), in: bench.channel) {
            case .rateLimited(let seconds), .channelLimited(let seconds): #expect((0.5...30).contains(seconds))
            case let other: Issue.record("\(other)")
            }
            #expect(bench.deeds.isEmpty)
        }
    }

    @Test(arguments: BenchKind.allCases)
    func `say that a token is refused, and take a new one when there is one`(kind: BenchKind) async throws {
        try await kind.with { bench in
            let id = bench.say("spam", by: "bob")
            let delete = ChatAction.delete(messageID: id)
            bench.revokeToken(isRenewable: false)
            guard case .unauthorized(let reason) = await bench.hands.perform(delete, in: bench.channel) else {
                Issue.record("not refused")
                return
            }
            for secret in bench.secrets { #expect(!reason.contains(secret)) }
            #expect(bench.deeds.isEmpty)
        }
        try await kind.with { bench in
            let id = bench.say("spam", by: "bob")
            bench.revokeToken(isRenewable: true)
            #expect(await bench.hands.perform(.delete(messageID: id), in: bench.channel) == .done(seconds: nil))
        }
    }

    @Test(arguments: BenchKind.allCases, BenchFault.allCases)
    func `take no bad answer for a deed, and show no secret`(kind: BenchKind, fault: BenchFault) async throws {
        try await kind.with { bench in
            _ = bench.say("spam", by: "bob")
            bench.breakNext(.ban, fault)
            let outcome = await bench.hands.perform(
                .ban(userID: bench.id(of: "bob"), reason: "x"), in: bench.channel)
            switch (fault, outcome) {
            case (.down, .failed), (.nonsense, .failed), (.disconnect, .failed): break
            case (.echo, .notActionable(let reason)), (.echo, .failed(let reason, _)):
                for secret in bench.secrets { #expect(!reason.contains(secret)) }
            // The status has said that it was done.
            case (.cutBody, .done), (.cutBody, .failed): break
            default: Issue.record("\(fault): \(outcome)")
            }
        }
    }
}
