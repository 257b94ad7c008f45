import BotModules
import Commands
import Domain
import Testing

@Suite("A bot module")
struct BotModuleTests {
    private func upserted(_ settings: ModuleSettings, enabled: Bool = true) -> BotModule.Event {
        .upserted(enabled: enabled, config: JSONText(settings.config), exemptRoles: JSONText(settings.exemptRoles))
    }

    @Test func `is configured, and changed only by something else`() throws {
        let settings = try ModuleSettings.words("a"), other = try ModuleSettings.words("a", "b")
        let event = upserted(settings)
        given(BotModule.self).when(.upsert(enabled: true, settings)).then(event)
        given(BotModule.self, event).when(.upsert(enabled: true, settings)).then()
        given(BotModule.self, event).when(.upsert(enabled: false, settings)).then(upserted(settings, enabled: false))
        given(BotModule.self, event).when(.upsert(enabled: true, other)).then(upserted(other))
    }

    @Test func `sees the exempt roles, too`() throws {
        let settings = try ModuleSettings.words("a"), exempt = try ModuleSettings.words("a", exempt: ["vips": true])
        given(BotModule.self, upserted(settings)).when(.upsert(enabled: true, exempt)).then(upserted(exempt))
    }

    @Test func `does not mind the order of members, but that of lists`() throws {
        let config: JSON = ["action": "delete", "blocked_words": ["a", "b"]]
        let turned: JSON = ["blocked_words": ["a", "b"], "action": "delete"]
        let other: JSON = ["action": "delete", "blocked_words": ["b", "a"]]
        func settings(_ json: JSON) throws -> ModuleSettings {
            try ModuleSettings(module: .wordFilter, config: json, exemptRoles: ["vips": true, "moderators": true])
        }
        let event = upserted(try settings(config))
        given(BotModule.self, event).when(.upsert(enabled: true, try settings(turned))).then()
        given(BotModule.self, event).when(.upsert(enabled: true, try settings(other))).then(
            upserted(try settings(other)))
    }

    @Test func `tells its settings as they were given`() throws {
        let settings = try ModuleSettings(module: .wordFilter, config: nil, exemptRoles: .null)
        let decision = given(BotModule.self).when(.upsert(enabled: false, settings)).decision
        guard case .success(let events) = decision, case .upserted(_, let config, let roles) = events.first else {
            Issue.record("\(decision)")
            return
        }
        #expect([config.text, roles.text] == ["{}", "{}"])
    }

    @Test func `is deleted once, and is new afterwards`() throws {
        let settings = try ModuleSettings.words("a")
        given(BotModule.self).when(.delete).then()
        given(BotModule.self, upserted(settings)).when(.delete).then(.deleted)
        given(BotModule.self, upserted(settings), .deleted).when(.delete).then()
        given(BotModule.self, upserted(settings), .deleted).when(.upsert(enabled: true, settings))
            .then(upserted(settings))
    }
}
