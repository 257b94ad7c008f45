import BotModules
import Domain
import TestTools
import Testing

@Suite("The modules together")
struct OrderTests {
    static let all: [(ModuleName, String)] = [
        (.wordFilter, #"{"blocked_words": ["bad"]}"#), (.spamProtection, #"{"max_caps_percentage": 50}"#),
        (.linkProtection, "{}"),
    ]

    private func chat(exempt: String? = nil) throws -> Chat {
        try Chat(Self.all[0], Self.all[1], Self.all[2], exempt: exempt)
    }

    @Test func `hit with the first in the order link, spam, word, however they were given`() throws {
        var chat = try chat()
        #expect(chat.say("BAD STUFF AT EXAMPLE.COM")?.module == .linkProtection)
        #expect(chat.say("BAD STUFF ALL OVER")?.module == .spamProtection)
        #expect(chat.say("bad stuff")?.module == .wordFilter)
        #expect(chat.say("good stuff") == nil)
    }

    @Test func `do nothing when they are missing or not enabled`() throws {
        let disabled = CompiledModules(
            try Self.all.map { (try Given.settings($0.0, $0.1), false) })
        #expect(disabled.judgesNothing)
        #expect(CompiledModules([]).judgesNothing)
        var window = ChannelWindow()
        var chat = try chat()
        #expect(disabled.judge(chat.message("BAD EXAMPLE.COM"), in: &window, at: chat.now) == nil)
    }

    @Test func `skip only the one that exempts`() throws {
        let modules = CompiledModules([
            (try Given.settings(.linkProtection, "{}", exempt: #"{"moderators": true}"#), true),
            (try Given.settings(.wordFilter, #"{"blocked_words": ["bad"]}"#, exempt: #"{"vips": true}"#), true),
        ])
        var chat = try chat()
        func module(_ roles: ChatRoles) -> ModuleName? {
            var window = ChannelWindow()
            return modules.judge(chat.message("bad example.com", roles: roles), in: &window, at: chat.now)?.module
        }
        #expect(module(.moderator) == .wordFilter)
        #expect(module(.vip) == .linkProtection)
        #expect(module([.moderator, .vip]) == nil)
        #expect(module(.subscriber) == .linkProtection)
    }

    @Test(arguments: [
        ("moderators", ChatRoles.moderator), ("vips", ChatRoles.vip), ("subscribers", ChatRoles.subscriber),
    ])
    func `exempt a role only when they are told to`(name: String, role: ChatRoles) throws {
        var told = try chat(exempt: "{\"\(name)\": true}")
        #expect(told.say("BAD STUFF AT EXAMPLE.COM", roles: role) == nil)
        #expect(told.say("BAD STUFF AT EXAMPLE.COM") != nil)
        var untold = try chat()
        #expect(untold.say("BAD STUFF AT EXAMPLE.COM", roles: role) != nil)
    }

    @Test(arguments: [ChatRoles.broadcaster, .ownBot]) func `never hit the broadcaster and the bot itself`(
        role: ChatRoles
    ) throws {
        var chat = try chat()
        #expect(chat.say("BAD STUFF AT EXAMPLE.COM", roles: role) == nil)
    }

    @Test func `hit other bots`() throws {
        var chat = try chat()
        #expect(chat.say("bad", roles: .bot) != nil)
    }

    @Test func `judge an edited message again`() throws {
        var chat = try chat()
        #expect(chat.say("fine", id: "m") == nil)
        #expect(chat.say("bad", id: "m", isEdit: true)?.module == .wordFilter)
    }

    @Test func `say the same of the same twice, on any text`() throws {
        var random = SeededRandom()
        let first = try chat()
        for _ in 0..<500 {
            let text = random.textOfAllPlanes(lengthMax: 30)
            var (one, other) = (first, first)
            let verdict = one.say(text)
            #expect(verdict == other.say(text), "seed \(random.seed)")
            guard let match = verdict?.matched else { continue }
            #expect(match.range.upperBound <= text.utf8.count, "seed \(random.seed)")
            let bytes = Array(text.utf8)[match.range]
            #expect(match.text == String(decoding: bytes, as: UTF8.self), "seed \(random.seed)")
        }
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            String(repeating: "a", count: 100_000), String(repeating: "a.", count: 50_000),
            String(repeating: "e\u{301}", count: 20_000), "x" + String(repeating: "\u{336}", count: 40_000),
            String(repeating: "\u{E0041}", count: 20_000), String(repeating: "\u{FFFD}", count: 20_000),
            String(repeating: "\u{202E}ab\u{202C}", count: 5000), String(repeating: "ﷺ", count: 10_000),
            String(repeating: "b b", count: 30_000), String(repeating: "http://", count: 10_000),
            String(repeating: "(a.com", count: 3000), String(repeating: "a@", count: 30_000),
            String(repeating: "[", count: 50_000),
            String(repeating: "%25", count: 20_000), String(repeating: " dot ", count: 10_000),
            String(repeating: "👨\u{200D}", count: 9000),
        ])
    func `get through a text of any length`(text: String) throws {
        var chat = try Chat(
            (.linkProtection, #"{"whitelist_domains": ["a.com"]}"#), (.spamProtection, "{}"),
            (.wordFilter, #"{"blocked_words": ["b*d", "*x*y", "a b c"], "blocked_patterns": ["(x+x+)+y"]}"#))
        chat.say(text)
        #expect(chat.say(text + " example.com")?.module == .linkProtection)
    }
}
