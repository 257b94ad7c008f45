import Domain

/// What the stored samples of extensions and installs mean.
enum ExtensionSampleMeanings {
    static let id = "3f0c1c52-7c1e-4b8e-9d55-0a3f5c1b2d4e"
    static let first = BundleDigest(stored: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
    static let second = BundleDigest(stored: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752")
    static let noon = Timestamp(microseconds: 1_795_262_400_000_000)

    static let all: [String: any DomainEvent] = extensions.merging(installs) { first, _ in first }

    private static let extensions: [String: any DomainEvent] = [
        "extension.submitted.v1": Extension.Event.submitted(
            submission("1.0.0", first, [.chatSend, .storage], .public)),
        "extension.submitted.v1.enhanced": Extension.Event.submitted(submission("2.0.0", second, [.chatBan], .private)),
        "extension.reviewed.v1":
            Extension.Event.reviewed(
                version: "1.0.0", .approved, state: .approved, reviewer: "u2",
                note: "Reads well; bans only on the owner's list."),
        "extension.reviewed.v1.bare":
            Extension.Event.reviewed(version: "1.0.0", .inReview, state: .inReview, reviewer: "u2", note: nil),
        "extension.published.v1": Extension.Event.published(listing("1.0.0", "Counts points.", .public)),
        "extension.suspended.v1": Extension.Event.suspended(reason: "Sends what it should not."),
        "extension.reinstated.v1": Extension.Event.reinstated(reason: "Fixed."),
        "extension.reinstated.v1.bare": Extension.Event.reinstated(reason: nil),
    ]

    private static let installs: [String: any DomainEvent] = [
        "extension_install.installed.v1":
            ExtensionInstall.Event.installed(
                AccountID(stored: "acct_1"), ExtensionID(stored: id), terms("1.0.0", first), exemptRoles: ["moderator"]),
        "extension_install.installed.v1.bare":
            ExtensionInstall.Event.installed(
                AccountID(stored: "acct_1"), ExtensionID(stored: id), bare, exemptRoles: []),
        "extension_install.configured.v1":
            ExtensionInstall.Event.configured(setup(#"{"points":7}"#, #"{"points":7,"title":"Points"}"#)),
        "extension_install.triggers_overridden.v1":
            ExtensionInstall.Event.triggersOverridden(
                overrides: JSONText(stored: #"{"rank":{"prefix":"?"}}"#.utf8), triggers: [rank(prefix: "?")]),
        "extension_install.exempt_roles_set.v1": ExtensionInstall.Event.exemptRolesSet(["broadcaster", "vip"]),
        "extension_install.enabled.v1": ExtensionInstall.Event.enabled,
        "extension_install.disabled.v1": ExtensionInstall.Event.disabled,
        "extension_install.killed.v1": ExtensionInstall.Event.killed(reason: "Because."),
        "extension_install.killed.v1.bare": ExtensionInstall.Event.killed(reason: nil),
        "extension_install.upgraded.v1": ExtensionInstall.Event.upgraded(terms("1.1.0", second)),
        "extension_install.upgrade_held.v1":
            ExtensionInstall.Event.upgradeHeld(version: "2.0.0", reason: "settings.points must be a number"),
        "extension_install.tripped.v1": ExtensionInstall.Event.tripped(reason: "5 failures in 60 s", at: noon),
        "extension_install.recovered.v1":
            ExtensionInstall.Event.recovered(at: Timestamp(microseconds: noon.microseconds + 300_000_000)),
        "extension_install.uninstalled.v1": ExtensionInstall.Event.uninstalled,
    ]

    private static func listing(
        _ version: String, _ description: String, _ visibility: Extension.Visibility
    ) -> Extension.Listing {
        Extension.Listing(version: version, name: "Ranks", description: description, visibility: visibility)
    }

    private static func submission(
        _ version: String, _ digest: BundleDigest, _ permissions: [ExtensionPermission],
        _ visibility: Extension.Visibility
    ) -> Extension.Submission {
        let names = permissions.map { #""\#($0.rawValue)""# }.joined(separator: ",")
        let manifest = """
            {"extensionId":"\(id)","name":"Ranks","version":"\(version)","category":"bot_module","main":"main.js",\
            "permissions":[\(names)],"triggers":[]}
            """
        return Extension.Submission(
            account: AccountID(stored: "acct_author"), submitter: "u1",
            listing: listing(version, visibility == .public ? "Counts points." : "", visibility), digest: digest,
            permissions: permissions, manifest: JSONText(stored: manifest.utf8))
    }

    private static func setup(_ config: String, _ settings: String) -> ExtensionInstall.Setup {
        ExtensionInstall.Setup(config: JSONText(stored: config.utf8), settings: JSONText(stored: settings.utf8))
    }

    private static func rank(prefix: String) -> ExtensionTrigger {
        ExtensionTrigger(id: "rank", .command(prefix: prefix, name: "rank", cooldownSeconds: 5))
    }

    private static func terms(_ version: String, _ digest: BundleDigest) -> ExtensionInstall.Terms {
        ExtensionInstall.Terms(
            release: ExtensionInstallDocument.Release(
                name: "Ranks", version: version, digest: digest, egress: Egress(allowHosts: ["api.example.com"])),
            granted: [.chatSend, .storage, .network],
            setup: setup(#"{"points":5}"#, #"{"points":5,"title":"Points"}"#),
            overrides: JSONText(stored: #"{"rank":{"command":"rank"}}"#.utf8),
            triggers: [
                rank(prefix: "!"), ExtensionTrigger(id: "keyword-1", .keywords(["giveaway", "enter"])),
                ExtensionTrigger(
                    id: "pattern-1", .pattern(ExtensionTrigger.Pattern(source: #"^!(\w+)\s+(\d+)$"#, flags: "i"))),
                ExtensionTrigger(id: "twitch:follower", .event("twitch:follower")),
                ExtensionTrigger(id: "reminder", .timer(everySeconds: 300)),
                ExtensionTrigger(id: "moderate", .moderate),
            ])
    }

    private static let bare = ExtensionInstall.Terms(
        release: ExtensionInstallDocument.Release(
            name: "Ranks", version: "1.0.0", digest: first, egress: .init(allowHosts: [])),
        granted: [], setup: setup("{}", "{}"), overrides: JSONText(.emptyObject), triggers: [])
}
