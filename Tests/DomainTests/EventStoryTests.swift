import Domain
import Testing

@Suite("An event in words")
struct EventStoryTests {
    private static let types =
        Account.Event.Name.allCases.map(\.rawValue) + Bot.Event.Name.allCases.map(\.rawValue)
        + BotModule.Event.Name.allCases.map(\.rawValue) + Provider.Event.Name.allCases.map(\.rawValue)
        + Extension.Event.Name.allCases.map(\.rawValue) + ExtensionInstall.Event.Name.allCases.map(\.rawValue)
        + LogKey.Event.Name.allCases.map(\.rawValue)

    private func story(_ type: String, _ stream: String, _ data: JSON = [:], _ metadata: JSON = [:]) -> EventStory {
        EventStory(type: type, stream: stream, data: data, metadata: metadata)
    }

    @Test(arguments: types)
    func `is told for every type that there is`(type: String) {
        let category = type.prefix { $0 != "." }
        let told = story(type, "\(category)-acct_1:twitch").sentence
        #expect(!told.contains("."), "\(told)")
        #expect(told.first?.isLowercase == true)
    }

    @Test func `says its type when it is new here`() {
        #expect(story("bot.exploded", "bot-acct_1:twitch").sentence == "bot.exploded in bot-acct_1:twitch")
        #expect(story("odd", "odd-1").sentence == "odd in odd-1")
        #expect(story("", "").sentence == " in ")
    }

    @Test func `says what, to whom, until when and how`() {
        let pause = story("bot.paused", "bot-acct_1:twitch", ["until": "2026-11-21T19:00:00.000000Z"])
        #expect(pause.sentence == "paused the bot of acct_1 on twitch until 2026-11-21T19:00:00.000000Z")
        let end = story("bot.resumed", "bot-acct_1:kick", ["scheduled": true])
        #expect(end.sentence == "resumed the bot of acct_1 on kick: the pause has come to its end")
        let kill = story("provider.switched", "provider-twitch", ["flag": "bot", "enabled": false, "ticket": "T-1"])
        #expect(kill.sentence == "switched bot of twitch off (ticket T-1)")
        let module = story(
            "bot_module.upserted", "bot_module-acct_1:word_filter",
            ["enabled": true, "config": ["action": "timeout", "blocked_words": ["a", "b"]]])
        #expect(
            module.sentence
                == "configured word_filter of acct_1, switched on: action timeout, blocked_words a, b")
        let long = story(
            "bot_module.upserted", "bot_module-acct_1:word_filter",
            ["config": ["blocked_words": .array((0..<100).map { .string("word\($0)") })]])
        #expect(long.sentence.count < 180 && long.sentence.hasSuffix("\u{2026}"))
    }

    @Test func `says who, and why, as far as that is known`() {
        let known = story(
            "bot.paused", "bot-a:twitch", ["personal": ["reason": "spam"]],
            ["actor": ["id": "u1"], "source": "rest", "personal": ["display": "Ann"]])
        #expect(known.actor == "Ann" && known.actorID == "u1" && known.reason == "spam" && known.source == "rest")
        let id = story("bot.paused", "bot-a:twitch", [:], ["actor": ["id": "u1"]])
        #expect(id.actor == "u1" && id.reason == nil)
        for odd in [JSON.null, [], "x", ["actor": 7]] {
            #expect(story("bot.paused", "bot-a:twitch", odd, odd).actor == "nobody known")
        }
    }
}

@Suite("A place in the history")
struct MomentTests {
    @Test func `is a position or a moment, and nothing else`() {
        #expect(Moment("0") == .position(0) && Moment("4711") == .position(4711))
        #expect(Moment("007") == .position(7))
        #expect(Moment("1970-01-01T00:00:01Z") == .time(Timestamp(microseconds: 1_000_000)))
        for odd in [
            "", " 1", "-1", "+1", "1.0", "1e3", "now", "2026-11-21", "\u{0661}", String(repeating: "9", count: 19),
        ] {
            #expect(Moment(odd) == nil, "\(odd)")
        }
        #expect(Moment("12")?.description == "12")
    }
}

@Suite("The fields in which two objects differ")
struct FieldChangeTests {
    @Test func `are named with dots, in the order of the newer one`() {
        let before: JSON = ["a": 1, "config": ["x": [1, 2], "y": true, "gone": "g"], "revision": 1]
        let after: JSON = ["revision": 2, "a": 1, "config": ["y": true, "x": [2, 1], "new": nil]]
        let found = FieldChange.between(before, after)
        #expect(found.map(\.path) == ["revision", "config.x", "config.new", "config.gone"])
        #expect(found[1] == FieldChange(path: "config.x", before: [1, 2], after: [2, 1]))
        #expect(found[2].before == nil && found[2].after == .null)
        #expect(found[3].before == "g" && found[3].after == nil)
        #expect(found.map(\.isBookkeeping) == [true, false, false, false])
    }

    @Test func `are the whole when one of them is none`() {
        #expect(FieldChange.between(nil, nil) == [] && FieldChange.between(["a": 1], ["a": 1]) == [])
        #expect(FieldChange.between(nil, ["a": 1]) == [FieldChange(path: "", before: nil, after: ["a": 1])])
        #expect(FieldChange.between(["a": 1], nil) == [FieldChange(path: "", before: ["a": 1], after: nil)])
        #expect(FieldChange.between(["a": ["b": 1]], ["a": 2]).map(\.path) == ["a"])
    }
}
