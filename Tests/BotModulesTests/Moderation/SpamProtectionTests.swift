import BotModules
import Domain
import Testing

@Suite("Spam protection")
struct SpamProtectionTests {
    // MARK: repeated messages

    @Test func `hits the copy after those that may be, and every later one`() throws {
        var chat = try Chat((.spamProtection, "{}"))
        let hits = (0..<6).map { _ in chat.say("hello there") != nil }
        #expect(hits == [false, false, false, true, true, true])
    }

    @Test(arguments: [1, 2, 100]) func `lets as many pass as it is told to`(allowed: Int) throws {
        var chat = try Chat((.spamProtection, "{\"max_repeated_messages\": \(allowed)}"))
        for _ in 0..<allowed { #expect(chat.say("hello") == nil) }
        let verdict = chat.say("hello")
        #expect(verdict?.rule == .maxRepeatedMessages)
        #expect(verdict?.matched.text == "hello")
    }

    @Test func `forgets a copy after 30 seconds`() throws {
        var chat = try Chat((.spamProtection, #"{"max_repeated_messages": 1}"#))
        #expect(chat.say("hello") == nil)
        chat.pass(seconds: 29.999)
        #expect(chat.say("hello") != nil)
        chat.pass(seconds: 30)
        #expect(chat.say("hello") == nil)
    }

    @Test func `counts each user for itself, and each text`() throws {
        var chat = try Chat((.spamProtection, #"{"max_repeated_messages": 1}"#))
        #expect(chat.say("hello") == nil)
        #expect(chat.say("hello", by: "bob") == nil)
        #expect(chat.say("hello!") == nil)
    }

    @Test(arguments: ["HELLO there", "hello   there ", "hello there \u{E0000}", "hel\u{200B}lo there"])
    func `takes texts that look alike for the same`(copy: String) throws {
        var chat = try Chat((.spamProtection, #"{"max_repeated_messages": 1}"#))
        chat.say("hello there")
        #expect(chat.say(copy)?.rule == .maxRepeatedMessages)
    }

    @Test func `counts messages that another module has hit or that are exempt`() throws {
        var chat = try Chat((.linkProtection, "{}"), (.spamProtection, #"{"max_repeated_messages": 1}"#))
        #expect(chat.say("a.com")?.module == .linkProtection)
        #expect(chat.say("a.com")?.module == .linkProtection)
        var exempt = try Chat(
            (.spamProtection, #"{"max_repeated_messages": 1}"#), exempt: #"{"vips": true}"#)
        #expect(exempt.say("hello", roles: .vip) == nil)
        #expect(exempt.say("hello", roles: .vip) == nil)
        #expect(exempt.say("hello") != nil, "no longer a VIP")
    }

    @Test func `takes an edit for the same message, not for a copy`() throws {
        var chat = try Chat((.spamProtection, #"{"max_repeated_messages": 1}"#))
        chat.say("hello", id: "m")
        #expect(chat.say("hello", id: "m", isEdit: true) == nil)
        chat.say("other", id: "n")
        #expect(chat.say("hello", id: "n", isEdit: true) != nil)
    }

    @Test func `takes no message without any text for a copy`() throws {
        var chat = try Chat((.spamProtection, #"{"max_repeated_messages": 1}"#))
        for _ in 0..<5 { #expect(chat.say("") == nil) }
    }

    @Test func `counts what it may not judge, if it is not too old for the window`() throws {
        var chat = try Chat((.spamProtection, #"{"max_repeated_messages": 1}"#))
        let (old, older) = (chat.message("hello"), chat.message("welcome"))
        chat.pass(seconds: 29)
        chat.modules.observe(old, in: &chat.window, at: chat.now)
        #expect(chat.say("hello") != nil)
        chat.pass(seconds: 40)
        chat.modules.observe(older, in: &chat.window, at: chat.now)
        #expect(chat.say("welcome") == nil)
    }

    @Test func `goes on when the clock goes back`() throws {
        var chat = try Chat((.spamProtection, #"{"max_repeated_messages": 2}"#))
        chat.say("hello")
        chat.pass(seconds: -3600)
        chat.say("hello")
        #expect(chat.say("hello") != nil)
    }

    @Test func `keeps no more than it must`() throws {
        var chat = try Chat((.spamProtection, "{}"), (.wordFilter, #"{"blocked_words": ["bad"], "action": "timeout"}"#))
        for index in 0..<20_000 { chat.say("hello \(index)", by: "u\(index % 7)") }
        chat.say("bad")
        #expect(!chat.window.isIdle(at: chat.now))
        #expect(!chat.window.isIdle(at: chat.now.adding(seconds: 59)), "a timeout runs")
        #expect(chat.window.isIdle(at: chat.now.adding(seconds: 60)))
        #expect(ChannelWindow().isIdle(at: chat.now))
    }

    // MARK: capitals

    @Test(arguments: [
        ("HELLO WORLD", 80, true), ("hello world", 80, false), ("AAAAAAAAaa", 80, false), ("AAAAAAAAAa", 80, true),
        ("HELLO 12345", 80, true), ("!!!!!!!!!!!!", 0, false), ("Hello world", 0, true), ("hello world", 0, false),
        ("HELLO WORLD", 100, false), ("привет ПРИВЕТ ПРИВЕТ", 60, true), ("こんにちは世界こんにちは", 0, false),
        ("ÄÖÜÄÖÜÄÖÜÄÖÜ", 80, true),
        ("𝐀𝐁𝐂𝐃𝐄𝐅𝐆𝐇𝐈𝐉", 80, true), ("مرحبا بالعالم A", 99, true),
    ])
    func `hits a share of capitals that is above the limit`(text: String, limit: Int, isHit: Bool) throws {
        var chat = try Chat((.spamProtection, "{\"max_caps_percentage\": \(limit)}"))
        #expect((chat.say(text)?.rule == .maxCapsPercentage) == isHit)
    }

    @Test(arguments: [
        ("HELLOHELL", 10, false), ("HELLOHELLO", 10, true), ("  HELLOHELL  ", 10, false), ("A", 0, true),
        ("A", 1, true),
        ("A", 2, false), ("AAAAA👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 10, false), ("AAAAAE\u{301}E\u{301}E\u{301}E\u{301}", 10, false),
        ("AAAAA👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 10, true),
    ])
    func `does not look at short messages, as people count characters`(text: String, min: Int, isHit: Bool) throws {
        var chat = try Chat((.spamProtection, "{\"min_message_length_for_caps\": \(min)}"))
        #expect((chat.say(text) != nil) == isHit)
    }

    @Test func `does not count emotes, mentions and links as capitals`() throws {
        var chat = try Chat((.spamProtection, "{}"))
        #expect(chat.say("LULKEKWPOGGERS ok then", emotes: [0..<14]) == nil)
        #expect(chat.say("@SOMEBODYLOUD hi there", mentions: [0..<13]) == nil)
        #expect(chat.say("HTTPS://EXAMPLE.COM/ABC yes this one") == nil)
        #expect(chat.say("LOOK AT THIS https://example.com/lowercase")?.rule == .maxCapsPercentage)
    }

    @Test func `counts the length without emotes, and with mentions`() throws {
        var chat = try Chat((.spamProtection, "{}"))
        #expect(chat.say("kekwkekwkekw HELLO", emotes: [0..<12]) == nil)
        #expect(chat.say("@somebody HELLO", mentions: [0..<9]) != nil)
    }

    @Test(arguments: [[5..<400], [3..<2_000_000], [0..<4, 2..<6], [4..<4], [1..<2]])
    func `survives marks that lie`(emotes: [Range<Int>]) throws {
        var chat = try Chat((.spamProtection, "{}"))
        chat.say("ÄÄ ÖÖÖ ÜÜÜÜÜÜÜÜ", emotes: emotes)
    }
}
