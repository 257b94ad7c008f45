import BotModules
import Domain
import Testing

@Suite("Link protection")
struct LinkProtectionTests {
    @Test(arguments: [
        ("see example.com", "example.com"), ("https://x.example.com/a", "https://x.example.com/a"),
        ("twitch.tv and example.com", "example.com"), ("example dot com", "example dot com"),
        ("https://twitch.tv@example.com", "https://twitch.tv@example.com"),
        ("twitch.tv.evil.com", "twitch.tv.evil.com"),
        ("youtube.com/c/other", "youtube.com/c/other"), ("💩.la", "💩.la"), ("http://[::1]/", "http://[::1]/"),
    ])
    func `hits a message with a link that is not listed`(text: String, link: String) throws {
        var chat = try Chat((.linkProtection, #"{"whitelist_domains": ["twitch.tv", "youtube.com/c/lumio"]}"#))
        let verdict = chat.say(text)
        #expect(verdict?.rule == .whitelistDomains)
        #expect(verdict?.matched.text == link)
    }

    @Test func `hits a link that is shown backwards`() throws {
        var chat = try Chat((.linkProtection, "{}"))
        #expect(chat.say("see \u{202E}x/moc.elpmaxe\u{202C}") != nil)
        #expect(chat.say("see \u{202E}moc.elpmaxe") != nil)
    }

    @Test(arguments: [
        "https://www.twitch.tv/x", "clips.twitch.tv", "TWITCH.TV", "youtube.com/c/lumio/videos", "no link", "1.2.3",
        "me@example.com",
        "twitch.tv, youtube.com/c/lumio",
    ])
    func `passes a message whose links are all listed`(text: String) throws {
        var chat = try Chat((.linkProtection, #"{"whitelist_domains": ["twitch.tv", "youtube.com/c/lumio"]}"#))
        #expect(chat.say(text) == nil)
    }
}

@Suite("The word filter")
struct WordFilterTests {
    @Test(arguments: [
        ("so BAD", "blocked_words", "BAD"), ("w0rdy", "blocked_words", "w0rdy"),
        ("call 555-1234", "blocked_patterns", "555-1234"),
        ("FREE   viewers", "blocked_patterns", "FREE   viewers"), ("ääh 555-1234", "blocked_patterns", "555-1234"),
    ])
    func `hits words in every form, and patterns on the text as it was written`(
        text: String, rule: String, found: String
    ) throws {
        var chat = try Chat(
            (
                .wordFilter,
                #"{"blocked_words": ["bad", "word*"], "blocked_patterns": ["\\d{3}-\\d{4}", "free\\s+viewers"]}"#
            ))
        let verdict = chat.say(text)
        #expect(verdict?.rule.rawValue == rule)
        #expect(verdict?.matched.text == found)
    }

    @Test(arguments: [
        "\u{202E}dab", "so \u{202E}dab\u{202C} it is", "\u{202E}\u{202E}dab", "x \u{202E}tnod dab\u{2069}",
    ])
    func `hits what is shown backwards`(text: String) throws {
        var chat = try Chat((.wordFilter, #"{"blocked_words": ["bad"]}"#))
        #expect(chat.say(text)?.matched.text == text)
    }

    @Test func `does not read a pattern into the other forms`() throws {
        var chat = try Chat((.wordFilter, #"{"blocked_patterns": ["bad"]}"#))
        #expect(chat.say("b4d") == nil)
        #expect(chat.say("b\u{200B}ad") == nil)
    }

    @Test func `goes on when its patterns are too large for one set`() throws {
        let large = (0..<99).map { "\"[a-z]{\(100 + $0)}[0-9]{\(50 + $0)}x\"" }.joined(separator: ",")
        var chat = try Chat((.wordFilter, "{\"blocked_patterns\": [\(large), \"b.d\"]}"))
        #expect(chat.say("so bad")?.matched.text == "bad")
        #expect(chat.say("fine") == nil)
    }
}
