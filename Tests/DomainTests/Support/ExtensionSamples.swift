import Domain

/// What the stored samples of extensions and installs mean.
enum ExtensionSamples {
    private static let account = AccountID(stored: "acct_1")
    private static let id = ExtensionID(stored: "3f0c1c52-7c1e-4b8e-9d55-0a3f5c1b2d4e")
    private static let digest = BundleDigest(stored: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
    /// 2026-11-21T18:00:00.25Z.
    static let evening = Timestamp(microseconds: 1_795_284_000_250_000)

    private static let manifest = """
        {"extensionId":"3f0c1c52-7c1e-4b8e-9d55-0a3f5c1b2d4e","name":"Ranks","description":"Points for talking.",\
        "version":"1.2.0","category":"bot_module","main":"main.js","permissions":["chat:send","storage:kv"],\
        "visibility":"public","triggers":[{"id":"rank","type":"command","default":{"command":"rank","cooldown":5},\
        "overridable":true}],"config_schema":{"points":{"type":"integer","min":1,"max":100,"default":1}}}
        """
    private static let listing = Extension.Listing(
        version: "1.2.0", name: "Ranks", description: "Points for talking.", visibility: .public)
    private static let rank = ExtensionTrigger(id: "rank", .command(prefix: "?", name: "rank", cooldownSeconds: 5))
    private static let triggers = [
        rank, ExtensionTrigger(id: "keyword-1", .keywords(["giveaway", "enter"])),
        ExtensionTrigger(id: "pattern-1", .pattern(.init(source: #"^!(\w+)\s+(\d+)$"#, flags: "i"))),
        ExtensionTrigger(id: "twitch:follower", .event("twitch:follower")),
        ExtensionTrigger(id: "reminder", .timer(everySeconds: 300)), ExtensionTrigger(id: "moderate", .moderate),
    ]
    private static let terms = ExtensionInstall.Terms(
        release: .init(name: "Ranks", version: "1.2.0", digest: digest, egress: Egress(allowHosts: [])),
        granted: [.chatSend, .storage], setup: .init(config: text("{}"), settings: text(#"{"points":1}"#)),
        overrides: text("{}"), triggers: [rank])
    private static let full = ExtensionInstall.Terms(
        release: .init(
            name: "Ranks ☕", version: "2.0.0-beta.1", digest: digest,
            egress: Egress(allowHosts: ["api.example.com", "*.example.org"], allowPorts: [443, 8443])),
        granted: [.chatSend, .chatDelete, .chatTimeout, .chatBan, .storage, .network],
        setup: .init(config: text(#"{"points":5}"#), settings: text(#"{"points":5,"blocked":["a","ß"]}"#)),
        overrides: text(#"{"rank":{"prefix":"?"}}"#), triggers: triggers)

    private static func text(_ json: String) -> JSONText { JSONText(stored: json.utf8) }

    private static func submission(
        _ listing: Extension.Listing, _ permissions: [ExtensionPermission], _ manifest: String
    ) -> Extension.Event {
        .submitted(
            Extension.Submission(
                account: account, submitter: "usr_7", listing: listing, digest: digest, permissions: permissions,
                manifest: text(manifest)))
    }

    private static let beta = Extension.Listing(
        version: "2.0.0-beta.1", name: "Ranks ☕", description: "", visibility: .private)

    static let meanings: [String: any DomainEvent] = [
        "extension.submitted.v1": submission(listing, [.chatSend, .storage], manifest),
        "extension.submitted.v1.enhanced": submission(beta, [.chatBan], "{}"),
        "extension.reviewed.v1": Extension.Event.reviewed(
            version: "2.0.0-beta.1", .approved, state: .inReview, reviewer: "usr_1",
            note: "It bans whoever posts a known scam, and nobody else."),
        "extension.reviewed.v1.bare": Extension.Event.reviewed(
            version: "1.2.0", .approved, state: .approved, reviewer: "usr_1", note: nil),
        "extension.published.v1": Extension.Event.published(listing),
        "extension.suspended.v1": Extension.Event.suspended(reason: "It sends what it hears to strangers."),
        "extension.reinstated.v1": Extension.Event.reinstated(reason: "The author has explained it."),
        "extension.reinstated.v1.bare": Extension.Event.reinstated(reason: nil),
        "extension_install.installed.v1": ExtensionInstall.Event.installed(account, id, terms, exemptRoles: []),
        "extension_install.installed.v1.full": ExtensionInstall.Event.installed(
            account, id, full, exemptRoles: ["moderator", "vip", "subscriber"]),
        "extension_install.configured.v1": ExtensionInstall.Event.configured(
            .init(config: text(#"{"points":7}"#), settings: text(#"{"points":7,"blocked":[]}"#))),
        "extension_install.triggers_overridden.v1": ExtensionInstall.Event.triggersOverridden(
            overrides: text(#"{"rank":{"prefix":"?"}}"#), triggers: triggers),
        "extension_install.exempt_roles_set.v1": ExtensionInstall.Event.exemptRolesSet(["moderator"]),
        "extension_install.enabled.v1": ExtensionInstall.Event.enabled,
        "extension_install.disabled.v1": ExtensionInstall.Event.disabled,
        "extension_install.killed.v1": ExtensionInstall.Event.killed(reason: "It spams."),
        "extension_install.killed.v1.bare": ExtensionInstall.Event.killed(reason: nil),
        "extension_install.upgraded.v1": ExtensionInstall.Event.upgraded(full),
        "extension_install.upgrade_held.v1": ExtensionInstall.Event.upgradeHeld(
            version: "2.0.0", reason: "config.points: must be from 1 to 5"),
        "extension_install.tripped.v1": ExtensionInstall.Event.tripped(
            reason: "5 failures in 60 s: timeout", at: evening),
        "extension_install.recovered.v1": ExtensionInstall.Event.recovered(at: evening),
        "extension_install.uninstalled.v1": ExtensionInstall.Event.uninstalled,
    ]
}
