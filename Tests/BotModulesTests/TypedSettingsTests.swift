import BotModules
import Domain
import Testing
import Text

@Suite("Typed settings")
struct TypedSettingsTests {
    @Test func `hold every default when nothing is given`() throws {
        guard case .linkProtection(let link) = try Given.settings(.linkProtection, nil).typed,
            case .spamProtection(let spam) = try Given.settings(.spamProtection, "{}").typed,
            case .wordFilter(let word) = try Given.settings(.wordFilter, "null").typed,
            case .timedMessages(let timed) = try Given.settings(.timedMessages, #"{"messages": null}"#).typed
        else {
            Issue.record("settings of another module")
            return
        }
        for enforcement in [link.enforcement, spam.enforcement, word.enforcement] {
            #expect(enforcement.action == .delete)
            #expect(enforcement.timeoutSeconds == 60)
            #expect(enforcement.warningMessage == nil)
        }
        #expect(link.whitelistDomains.isEmpty)
        #expect([spam.maxRepeatedMessages, spam.maxCapsPercentage, spam.minMessageLengthForCaps] == [3, 80, 10])
        #expect(word.blockedWords.isEmpty && word.blockedPatterns.isEmpty)
        #expect(timed.messages.isEmpty && timed.minChatLinesBetween == 5)
    }

    @Test func `hold what is given`() throws {
        let link = try Given.settings(
            .linkProtection,
            """
            {"action": "warn", "timeout_duration": 1e2, "warning_message": "no, {user}", \
            "whitelist_domains": ["WWW.Twitch.tv/lumio/"]}
            """)
        guard case .linkProtection(let settings) = link.typed else {
            Issue.record("settings of another module")
            return
        }
        #expect(settings.enforcement.action == .warn)
        #expect(settings.enforcement.timeoutSeconds == 100)
        #expect(settings.enforcement.warningMessage == "no, {user}")
        #expect(settings.whitelistDomains.map(\.description) == ["twitch.tv/lumio"])
    }

    @Test func `hold the timed messages in their order`() throws {
        let config = #"{"messages": [{"interval_minutes": 2, "text": "b"}, {"text": "a", "interval_minutes": 1}]}"#
        guard case .timedMessages(let settings) = try Given.settings(.timedMessages, config).typed else {
            Issue.record("settings of another module")
            return
        }
        #expect(settings.messages.map(\.text) == ["b", "a"])
        #expect(settings.messages.map(\.intervalMinutes) == [2, 1])
    }

    @Test func `take a warning of spaces for silence`() throws {
        guard case .wordFilter(let settings) = try Given.settings(.wordFilter, #"{"warning_message": " "}"#).typed
        else {
            Issue.record("settings of another module")
            return
        }
        #expect(settings.enforcement.warningMessage == nil)
    }

    @Test func `exempt nobody unless told to`() throws {
        let nobody = try Given.settings(.wordFilter, nil).exempt
        #expect(!nobody.moderators && !nobody.vips && !nobody.subscribers)
        let some = try Given.settings(.wordFilter, nil, exempt: #"{"vips": true, "subscribers": null}"#).exempt
        #expect(!some.moderators && some.vips && !some.subscribers)
    }
}
