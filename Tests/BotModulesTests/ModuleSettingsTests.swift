import BotModules
import Domain
import Testing

@Suite("A module's settings")
struct ModuleSettingsTests {
    @Test(arguments: ModuleName.allCases, [nil, "{}", "null"])
    func `are an empty object when absent or null`(module: ModuleName, text: String?) throws {
        let settings = try Given.settings(module, text, exempt: text)
        #expect(settings.config == .emptyObject)
        #expect(settings.exemptRoles == .emptyObject)
    }

    @Test(arguments: ["[]", "1", "true", #""{}""#])
    func `are objects`(text: String) throws {
        let failures = try Given.failures(.wordFilter, text, exempt: text)
        #expect(failures.map(\.path) == ["config", "exempt_roles"])
        #expect(failures.map(\.code) == ["wrong_type", "wrong_type"])
    }

    @Test func `are kept as given, whatever their order, numbers and nulls`() throws {
        let config = #"{"timeout_duration":6e1,"whitelist_domains":["HTTPS://www.Twitch.tv/"],"action":null}"#
        let settings = try Given.settings(.linkProtection, config, exempt: #"{"vips":null}"#)
        #expect(settings.config.text == config)
        #expect(settings.exemptRoles.text == #"{"vips":null}"#)
    }

    @Test func `fail with everything that is wrong, in both at once`() throws {
        let failures = try Given.failures(
            .timedMessages,
            """
            {"messages": [{"text": "a", "interval_minutes": 1}, {"interval_minutes": 0}, {"text": " ", "every": 5}, \
            7], \
            "min_chat_lines_between": "5", "min_chat_line_between": 5}
            """,
            exempt: #"{"moderator": true, "vips": "yes"}"#)
        #expect(
            failures.map { "\($0.path) \($0.code)" } == [
                "config.messages.1.text required",
                "config.messages.1.interval_minutes out_of_range",
                "config.messages.2.text blank",
                "config.messages.2.interval_minutes required",
                "config.messages.2.every unknown_field",
                "config.messages.3 wrong_type",
                "config.min_chat_lines_between wrong_type",
                "config.min_chat_line_between unknown_field",
                "exempt_roles.vips wrong_type",
                "exempt_roles.moderator unknown_field",
            ])
    }

    @Test(arguments: [
        (ModuleName.linkProtection, "whitelist_domain", "did you mean whitelist_domains?"),
        (.linkProtection, "blocked_words", "known are action, timeout_duration, warning_message, whitelist_domains"),
        (.spamProtection, "Action", "did you mean action?"),
        (.wordFilter, "bloked_words", "did you mean blocked_words?"),
        (.timedMessages, "action", "known are messages, min_chat_lines_between"),
        (.timedMessages, "message", "did you mean messages?"),
        (.spamProtection, "", "known are max_repeated_messages"),
    ])
    func `name the field that was meant`(module: ModuleName, field: String, hint: String) throws {
        let failures = try Given.failures(module, #"{"\#(field)": null}"#)
        #expect(failures.map(\.path) == ["config.\(field)"])
        #expect(failures.first?.code == "unknown_field")
        #expect(failures.first?.message.contains(hint) == true)
    }

    @Test(arguments: ["broadcaster", "founders", "mods", "Moderators"])
    func `know three roles and no others`(role: String) throws {
        let failures = try Given.failures(.wordFilter, nil, exempt: #"{"\#(role)": true}"#)
        #expect(failures.map { "\($0.path) \($0.code)" } == ["exempt_roles.\(role) unknown_field"])
    }

    @Test(arguments: [
        (#"{"action": "deleet"}"#, "must be one of delete, timeout, warn (did you mean delete?)"),
        (#"{"timeout_duration": 0}"#, "must be from 1 to 1209600"),
        (#"{"timeout_duration": "60"}"#, "must be a whole number, not a string"),
        (#"{"blocked_words": "bad"}"#, "must be an array, not a string"),
        (#"{"blocked_words": [null]}"#, "must not be null: leave the entry out"),
        (#"{"blocked_words": [" "]}"#, "must hold at least one visible character"),
        (#"{"blocked_words": ["*"]}"#, "is nothing but wildcards and would hit every message: add a letter to it"),
        (
            #"{"blocked_patterns": ["a(?=b)"]}"#,
            "at offset 1, RE2 does not know the (? group (look-around is not linear)"
        ),
        (
            #"{"blocked_patterns": ["a*"]}"#,
            "matches the empty string and would hit every message: let it take a character"
        ),
    ])
    func `fail in sentences that can be read aloud`(config: String, message: String) throws {
        let failures = try Given.failures(.wordFilter, config)
        #expect(failures.count == 1)
        #expect(failures.first?.message.hasSuffix(message) == true, "\(failures)")
    }
}
