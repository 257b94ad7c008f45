import Domain
import Platforms
import TestTools
import Testing

@Suite("Every platform's ears", .timeLimit(.minutes(2)))
struct ListeningConformanceTests {
    @Test(arguments: BenchKind.allCases)
    func `hand over what is said in the form that all share`(kind: BenchKind) async throws {
        try await kind.listening { bench, log in
            let before = WallClock.system.now
            let id = bench.say("hello é \u{1F600} \"you\"", by: "bob")
            await until { !log.messages.isEmpty }
            guard let message = log.messages.first else { return }
            #expect(message.channel.accountID == bench.channel.accountID)
            #expect(message.channel.platform == bench.channel.platform)
            #expect(message.id == id)
            #expect(message.text == "hello é \u{1F600} \"you\"")
            #expect(message.author.id == bench.id(of: "bob"))
            #expect(message.author.name == "bob")
            #expect(message.author.roles == [])
            #expect(!message.isEdit)
            #expect(abs(message.sentAt.seconds(since: before)) < 10)
            #expect(ChatRoundTrip.isStable(message))
        }
    }

    @Test(arguments: BenchKind.allCases)
    func `know owner, moderators and themselves`(kind: BenchKind) async throws {
        try await kind.listening { bench, log in
            bench.makeModerator("mod")
            _ = bench.say("mine", by: bench.ownerName)
            _ = bench.say("I see you", by: "mod")
            bench.sayAsBot("done")
            await until { log.messages.count == 3 }
            let roles = Dictionary(log.messages.map { ($0.text, $0.author.roles) }) { $1 }
            #expect(roles["mine"]?.contains(.broadcaster) == true)
            #expect(roles["I see you"]?.contains(.moderator) == true)
            #expect(roles["done"]?.contains(.ownBot) == true)
        }
    }

    @Test(arguments: BenchKind.allCases)
    func `hand over a message once that comes twice`(kind: BenchKind) async throws {
        try await kind.listening { bench, log in
            _ = bench.say("once", by: "bob")
            await until { log.texts == ["once"] }
            bench.repeatLast()
            _ = bench.say("end", by: "bob")
            await until { log.texts.contains("end") }
            #expect(log.texts == ["once", "end"])
        }
    }

    @Test(arguments: BenchKind.allCases)
    func `come back when the connection breaks, and say that they were gone`(kind: BenchKind) async throws {
        try await kind.listening { bench, log in
            let alive = log.aliveCount(bench.channel.id)
            bench.cutEars()
            await until { !log.losses.isEmpty }
            await until { log.aliveCount(bench.channel.id) > alive }
            _ = bench.say("back", by: "bob")
            await until { log.texts.contains("back") }
        }
    }

    @Test(arguments: BenchKind.allCases)
    func `hear nothing more of a channel that they have left`(kind: BenchKind) async throws {
        try await kind.listening { bench, log in
            bench.ears.leave(bench.channel.id)
            _ = bench.say("nobody hears", by: "bob")
            try await Task.sleep(for: .milliseconds(300))
            #expect(log.texts.isEmpty)
            let alive = log.aliveCount(bench.channel.id)
            bench.ears.join(bench.channel, login: bench.ownerName)
            await until { log.aliveCount(bench.channel.id) > alive }
            _ = bench.say("here again", by: "bob")
            await until { log.texts.contains("here again") }
            #expect(!log.texts.contains("nobody hears"))
        }
    }

    @Test(arguments: BenchKind.allCases)
    func `say that a token is refused, and show it to nobody`(kind: BenchKind) async throws {
        try await kind.with { bench in
            let log = EarLog()
            bench.revokeToken(isRenewable: false)
            bench.ears.join(bench.channel, login: bench.ownerName)
            await log.during(bench.ears) { await until { !log.refusals.isEmpty } }
            for secret in bench.secrets { #expect(!log.refusals.contains { $0.contains(secret) }) }
        }
    }

    @Test(arguments: BenchKind.allCases)
    func `listen with a new token when there is one`(kind: BenchKind) async throws {
        try await kind.with { bench in
            let log = EarLog()
            bench.revokeToken(isRenewable: true)
            bench.ears.join(bench.channel, login: bench.ownerName)
            await log.during(bench.ears) { await until { log.aliveCount(bench.channel.id) > 0 } }
        }
    }
}

/// Whether a message is the same after it went through a stream as JSON.
enum ChatRoundTrip {
    static func isStable(_ message: ChatMessage) -> Bool {
        var writer = JSONWriter()
        message.encode(into: &writer)
        return (try? ChatMessage(try JSONParser.parse(writer.bytes))) == message
    }
}
