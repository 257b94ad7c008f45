import BotModules
import Domain
import Testing

@Suite("What is done about a hit")
struct EnforcementTests {
    private func chat(_ members: String) throws -> Chat {
        try Chat((.wordFilter, "{\"blocked_words\": [\"bad\"]\(members.isEmpty ? "" : ", " + members)}"))
    }

    @Test func `is to delete, unless said otherwise, and a duration is not used then`() throws {
        var chat = try chat(#""timeout_duration": 600"#)
        #expect(chat.actions("bad") == [.delete(messageID: "m1")])
        #expect(chat.say("bad")?.durationSeconds == nil)
    }

    @Test func `is a timeout after the delete`() throws {
        var chat = try chat(#""action": "timeout", "timeout_duration": 600"#)
        #expect(
            chat.actions("bad") == [
                .delete(messageID: "m1"), .timeout(userID: "id-ann", seconds: 600, reason: "the blocked word bad"),
            ])
    }

    @Test func `lasts 60 seconds by default`() throws {
        var chat = try chat(#""action": "timeout""#)
        #expect(chat.say("bad")?.durationSeconds == 60)
    }

    @Test func `is a timeout once while it runs, and again after it`() throws {
        var chat = try chat(#""action": "timeout""#)
        #expect(chat.actions("bad").map(\.name) == [.delete, .timeout])
        chat.pass(seconds: 59)
        #expect(chat.actions("bad").map(\.name) == [.delete])
        #expect(chat.actions("bad", by: "bob").map(\.name) == [.delete, .timeout])
        chat.pass(seconds: 1)
        #expect(chat.actions("bad").map(\.name) == [.delete, .timeout])
    }

    @Test func `is a timeout again when the last was not issued`() throws {
        var chat = try chat(#""action": "timeout""#)
        #expect(chat.actions("bad").map(\.name) == [.delete, .timeout])
        chat.window.forgetTimeout(ofUserID: "id-ann")
        #expect(chat.actions("bad").map(\.name) == [.delete, .timeout])
    }

    @Test func `is a warning with the message left standing`() throws {
        var chat = try chat(#""action": "warn", "warning_message": "no, {user}! {user}!""#)
        #expect(chat.actions("bad") == [.warn(userID: "id-ann", reason: "no, Ann! Ann!")])
    }

    @Test func `is nothing for a warning without a text`() throws {
        var chat = try chat(#""action": "warn""#)
        let message = chat.message("bad")
        let verdict = chat.judge(message)
        #expect(verdict != nil && verdict?.actions(against: message) == [])
    }

    @Test func `is said after all else, once in a minute for channel and module`() throws {
        var chat = try chat(#""warning_message": "{user}, no""#)
        #expect(chat.actions("bad") == [.delete(messageID: "m1"), .say(text: "Ann, no", replyTo: nil)])
        chat.pass(seconds: 59.9)
        #expect(chat.actions("bad", by: "bob").map(\.name) == [.delete])
        chat.pass(seconds: 0.1)
        #expect(chat.actions("bad", by: "bob").map(\.name) == [.delete, .say])
    }

    @Test func `is said by each module for itself`() throws {
        var chat = try Chat(
            (.linkProtection, #"{"warning_message": "no links"}"#),
            (.wordFilter, #"{"blocked_words": ["bad"], "warning_message": "no words"}"#))
        #expect(chat.say("a.com")?.notice == "no links")
        #expect(chat.say("bad")?.notice == "no words")
        #expect(chat.say("bad")?.notice == nil)
    }

    @Test func `is written as one line`() throws {
        var chat = try chat(#""action": "timeout", "warning_message": "x""#)
        let message = chat.message("so \"Bád\"")
        let judged = JudgedMessage(message, chat.judge(message))
        #expect(
            judged.jsonLine == """
                {"message_id":"m1","platform":"twitch","channel_id":"c","user":"ann","text":"so \\"Bád\\"",\
                "verdict":{"module":"word_filter","rule":"blocked_words","matched":{"text":"Bád","range":[4,8]},\
                "action":"timeout","duration_seconds":60,"reason":"the blocked word bad"}}
                """)
        #expect(JudgedMessage(message, nil).jsonLine.hasSuffix(#","verdict":null}"#))
    }
}
