import BotModules
import Domain
import Testing

@Suite("The seeds' examples")
struct SeedExamplesTests {
    static let examples: [(ModuleName, String)] = [
        (
            .linkProtection,
            """
            {"action": "delete", "warning_message": "Links are not allowed", \
            "whitelist_domains": ["youtube.com", "twitch.tv"], "timeout_duration": 60}
            """
        ),
        (
            .spamProtection,
            """
            {"max_repeated_messages": 3, "max_caps_percentage": 80, "min_message_length_for_caps": 10, \
            "action": "timeout", "timeout_duration": 30}
            """
        ),
        (
            .wordFilter,
            """
            {"blocked_words": ["badword1", "badword2"], "blocked_patterns": ["regex_pattern"], \
            "action": "delete", "warning_message": "Your message was removed"}
            """
        ),
        (
            .timedMessages,
            """
            {"messages": [{"text": "Follow us on Twitter!", "interval_minutes": 15}, \
            {"text": "Join our Discord!", "interval_minutes": 30}], "min_chat_lines_between": 5}
            """
        ),
    ]
    static let roles = #"{"moderators": true, "vips": true, "subscribers": false}"#

    @Test(arguments: examples)
    func `are taken and kept as given`(module: ModuleName, config: String) throws {
        let settings = try Given.settings(module, config, exempt: Self.roles)
        #expect(settings.config.text == (try JSONParser.parse(config)).text)
        #expect(settings.exemptRoles.text == (try JSONParser.parse(Self.roles)).text)
        #expect(settings.module == module)
    }

    @Test(arguments: examples)
    func `satisfy the schemas`(module: ModuleName, config: String) throws {
        #expect(try SchemaEvaluator.accepts(JSONParser.parse(config), ModuleSchemas.config(of: module)))
        #expect(try SchemaEvaluator.accepts(JSONParser.parse(Self.roles), ModuleSchemas.exemptRoles))
    }
}
