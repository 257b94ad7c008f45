import Domain
import Testing

/// What every stored sample means. A line is never edited or removed: journals hold such bytes for ever.
@Suite("The stored samples")
struct StoredSamplesTests {
    static let connection = Bot.Connection(channelID: "123456", channelName: "ana_live", botUserID: nil)
    static let identity = Provider.BotIdentity(username: "lumio_bot", userID: "4711")
    /// 2026-11-21T12:00:00Z.
    static let noon = Timestamp(microseconds: 1_795_262_400_000_000)
    static let wordFilter = """
        {"blocked_words":["badword1","badword2"],"blocked_patterns":["regex_pattern"],"action":"delete",\
        "warning_message":"Your message was removed"}
        """
    static let exemptRoles = #"{"moderators":true,"vips":true,"subscribers":false}"#

    static let meanings: [String: any DomainEvent] = [
        "account.registered.v0": Account.Event.registered(name: "Old Guard", plan: .enterprise, customBotAllowed: nil),
        "account.registered.v1": Account.Event.registered(name: "Ana's Channel", plan: .pro, customBotAllowed: nil),
        "account.registered.v1.limited":
            Account.Event.registered(name: #"Søren "Bø" 🎮"#, plan: .free, customBotAllowed: true),
        "account.renamed.v0": Account.Event.renamed(name: "Old Guard 2"),
        "account.renamed.v1": Account.Event.renamed(name: "Ana Live"),
        "account.plan_changed.v1": Account.Event.planChanged(plan: .enterprise),
        "account.limits_overridden.v1": Account.Event.limitsOverridden(customBotAllowed: false),
        "account.limits_overridden.v1.plan": Account.Event.limitsOverridden(customBotAllowed: nil),
        "bot.connected.v0":
            Bot.Event.connected(Bot.Connection(channelID: "123456", channelName: "ana_live", botUserID: "777")),
        "bot.connected.v1": Bot.Event.connected(connection),
        "bot.connected.v1.own_bot":
            Bot.Event.connected(Bot.Connection(channelID: "UC-9", channelName: "Ana\nLive", botUserID: "777")),
        "bot.disconnected.v1": Bot.Event.disconnected,
        "bot.paused.v0": Bot.Event.paused(reason: "raid in progress", until: noon),
        "bot.paused.v0.bare": Bot.Event.paused(reason: nil, until: nil),
        "bot.paused.v1": Bot.Event.paused(reason: "raid in progress", until: noon),
        "bot.paused.v1.bare": Bot.Event.paused(reason: nil, until: nil),
        "bot.paused.v1.reason": Bot.Event.paused(reason: "spam", until: nil),
        "bot.resumed.v0": Bot.Event.resumed(reason: "the raid is over", scheduled: false),
        "bot.resumed.v1": Bot.Event.resumed(reason: "the raid is over", scheduled: false),
        "bot.resumed.v1.bare": Bot.Event.resumed(reason: nil, scheduled: false),
        "bot.resumed.v1.scheduled": Bot.Event.resumed(reason: nil, scheduled: true),
        "provider.switched.v0":
            Provider.Event.switched(flag: .platform, enabled: false, reason: "the platform is down", ticket: "INC-42"),
        "provider.switched.v1":
            Provider.Event.switched(flag: .platform, enabled: false, reason: "the platform is down", ticket: "INC-42"),
        "provider.switched.v1.no_ticket":
            Provider.Event.switched(flag: .bot, enabled: true, reason: "all clear", ticket: nil),
        "provider.bot_identity_linked.v0": Provider.Event.botIdentityLinked(identity),
        "provider.bot_identity_linked.v1": Provider.Event.botIdentityLinked(identity),
        "provider.bot_identity_unlinked.v1": Provider.Event.botIdentityUnlinked,
        "bot_module.upserted.v1":
            BotModule.Event.upserted(
                enabled: true, config: JSONText(stored: wordFilter.utf8),
                exemptRoles: JSONText(stored: exemptRoles.utf8)),
        "bot_module.upserted.v1.bare":
            BotModule.Event.upserted(
                enabled: false, config: JSONText(.emptyObject), exemptRoles: JSONText(.emptyObject)),
        "bot_module.deleted.v1": BotModule.Event.deleted,
        "log.key_rotated.v1": LogKey.Event.rotated(
            previous: "log.example+1a2b3c4d+AW9sZA==", key: "log.example+5e6f7a8b+AW5ldw==",
            handover: "log.example\nkey log.example+5e6f7a8b+AW5ldw==\n\n\u{2014} log.example Gis8TQ==\n",
            reason: "every year"),
        "log.key_rotated.v1.lost": LogKey.Event.rotated(
            previous: "log.example+1a2b3c4d+AW9sZA==", key: "log.example+5e6f7a8b+AW5ldw==", handover: nil,
            reason: nil),
        "subject.erased.v1": Erasure.Event.erased(
            subject: Subject(.account, "acct_1"), keys: ["c2FtcGxla2V5"], ticket: "DSR-7"),
        "subject.erased.v1.bare": Erasure.Event.erased(
            subject: Subject(.user, "usr|42"), keys: ["c2FtcGxla2V5", "b3RoZXIga2V5"], ticket: nil),
    ].merging(ExtensionSamples.meanings) { own, _ in own }.merging(sealed) { own, _ in own }

    /// What sealed events say to somebody without the keys.
    private static let sealed: [String: any DomainEvent] = [
        "account.registered.v2": Account.Event.registered(name: "[sealed]", plan: .pro, customBotAllowed: nil),
        "account.renamed.v2": Account.Event.renamed(name: "[sealed]"),
        "bot.connected.v2":
            Bot.Event.connected(Bot.Connection(channelID: "123456", channelName: "[sealed]", botUserID: nil)),
        "bot.paused.v2": Bot.Event.paused(reason: nil, until: noon),
        "bot.resumed.v2": Bot.Event.resumed(reason: nil, scheduled: false),
        "provider.switched.v2":
            Provider.Event.switched(flag: .platform, enabled: false, reason: "[sealed]", ticket: "INC-42"),
        "provider.bot_identity_linked.v2":
            Provider.Event.botIdentityLinked(Provider.BotIdentity(username: "[sealed]", userID: "4711")),
        "extension.reviewed.v2": Extension.Event.reviewed(
            version: "2.0.0-beta.1", .approved, state: .inReview, reviewer: "usr_1", note: nil),
        "extension.suspended.v2": Extension.Event.suspended(reason: "[sealed]"),
        "extension.reinstated.v2": Extension.Event.reinstated(reason: nil),
        "extension_install.killed.v2": ExtensionInstall.Event.killed(reason: nil),
        "extension_install.upgrade_held.v2": ExtensionInstall.Event.upgradeHeld(version: "2.0.0", reason: "[sealed]"),
        "extension_install.tripped.v2": ExtensionInstall.Event.tripped(
            reason: "[sealed]", at: ExtensionSamples.evening),
        "log.key_rotated.v2": LogKey.Event.rotated(
            previous: "log.example+1a2b3c4d+AW9sZA==", key: "log.example+5e6f7a8b+AW5ldw==",
            handover: "log.example\nkey log.example+5e6f7a8b+AW5ldw==\n\n\u{2014} log.example Gis8TQ==\n", reason: nil),
    ]

    @Test func `are all pinned here, and all that is pinned is stored`() throws {
        let stored = try Sample.all().filter { $0.type != "metadata" }.map(\.name)
        #expect(stored.sorted() == Self.meanings.keys.sorted())
    }

    @Test(arguments: try Sample.all().filter { $0.type != "metadata" })
    func `mean what they meant when they were written`(sample: Sample) throws {
        let meaning: any DomainEvent = try #require(Self.meanings[sample.name])
        try Self.decode(sample, as: meaning)
    }

    private static func decode<Event: DomainEvent>(_ sample: Sample, as meaning: Event) throws {
        let event = try sample.data.withUnsafeBufferPointer {
            try Event(type: sample.type, schemaVersion: sample.version, data: $0)
        }
        #expect(event == meaning)
        #expect(event.name.rawValue == sample.type)
        if sample.version == Upcasters.currentVersion {
            #expect(event.data == sample.data, "encoding must give the stored bytes again")
        }
    }

    @Test(arguments: try Sample.all())
    func `obey their schemas`(sample: Sample) throws {
        #expect(try EventSchemas.violations(of: sample.data, type: sample.type, version: sample.version) == [])
    }

    @Test(arguments: EventSchemas.types)
    func `there is one of every type`(type: String) throws {
        #expect(try Sample.all().contains { $0.type == type && $0.version == Upcasters.currentVersion })
    }

    @Test(arguments: try Sample.all().filter { $0.version < Upcasters.currentVersion })
    func `of older versions become today's`(sample: Sample) throws {
        let meaning: any DomainEvent = try #require(Self.meanings[sample.name])
        let today = meaning.data
        #expect(try EventSchemas.violations(of: today, type: sample.type, version: Upcasters.currentVersion) == [])
        #expect(today != sample.data, "a version of its own needs a layout of its own")
    }
}
