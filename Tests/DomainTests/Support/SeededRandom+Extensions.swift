import Domain
import TestTools

extension SeededRandom {
    mutating func extensionEvents() -> [any DomainEvent] {
        let reason = text(lengthMax: Extension.noteLengthMax)
        return [
            Extension.Event.submitted(
                Extension.Submission(
                    account: AccountID(stored: "acct_1"), submitter: text(lengthMax: 10), listing: listing(),
                    digest: digest(), permissions: permissions(), manifest: object())),
            Extension.Event.reviewed(
                version: "1.2.\(next() % 9)", pick(Extension.Decision.allCases),
                state: pick([.inReview, .approved, .changesRequested, .rejected]), reviewer: text(lengthMax: 10),
                note: chance(50) ? reason : nil),
            Extension.Event.published(listing()), Extension.Event.suspended(reason: reason),
            Extension.Event.reinstated(reason: chance(50) ? reason : nil),
        ]
    }

    mutating func installEvents() -> [any DomainEvent] {
        let reason = text(lengthMax: ExtensionInstall.reasonLengthMax)
        return [
            ExtensionInstall.Event.installed(
                AccountID(stored: "acct_1"), ExtensionID(stored: "3f0c1c52-7c1e-4b8e-9d55-0a3f5c1b2d4e"), terms(),
                exemptRoles: chance(50) ? ["moderator"] : []),
            ExtensionInstall.Event.configured(setup()),
            ExtensionInstall.Event.triggersOverridden(overrides: object(), triggers: triggers()),
            ExtensionInstall.Event.exemptRolesSet(chance(50) ? ["vip", "subscriber"] : []),
            ExtensionInstall.Event.enabled, ExtensionInstall.Event.disabled,
            ExtensionInstall.Event.killed(reason: chance(50) ? reason : nil), ExtensionInstall.Event.upgraded(terms()),
            ExtensionInstall.Event.upgradeHeld(version: "2.0.0", reason: reason),
            ExtensionInstall.Event.tripped(reason: reason, at: timestamp()),
            ExtensionInstall.Event.recovered(at: timestamp()), ExtensionInstall.Event.uninstalled,
        ]
    }

    private mutating func listing() -> Extension.Listing {
        Extension.Listing(
            version: "1.2.\(next() % 9)", name: name(), description: text(lengthMax: Extension.descriptionLengthMax),
            visibility: pick(Extension.Visibility.allCases))
    }

    private mutating func name() -> String { "N" + text(lengthMax: Extension.nameLengthMax - 1) }

    private mutating func digest() -> BundleDigest {
        BundleDigest(stored: String((0..<64).map { _ in pick(Array("0123456789abcdef")) }))
    }

    private mutating func permissions() -> [ExtensionPermission] {
        ExtensionPermission.allCases.filter { _ in chance(50) }
    }

    private mutating func object() -> JSONText { JSONText(["x": json(depth: 3)]) }

    private mutating func setup() -> ExtensionInstall.Setup {
        ExtensionInstall.Setup(config: object(), settings: object())
    }

    private mutating func terms() -> ExtensionInstall.Terms {
        ExtensionInstall.Terms(
            release: ExtensionInstallDocument.Release(
                name: name(), version: "1.0.0", digest: digest(),
                egress: Egress(allowHosts: chance(50) ? ["api.example.com"] : [])),
            granted: permissions(), setup: setup(), overrides: object(), triggers: triggers())
    }

    private mutating func triggers() -> [ExtensionTrigger] {
        [
            ExtensionTrigger(
                id: "rank", .command(prefix: text(lengthMax: 3), name: text(lengthMax: 5), cooldownSeconds: 5)),
            ExtensionTrigger(id: "keyword-1", .keywords([text(lengthMax: 9)])),
            ExtensionTrigger(id: "pattern-1", .pattern(.init(source: text(lengthMax: 9), flags: "i"))),
            ExtensionTrigger(id: "twitch:raid", .event("twitch:raid")),
            ExtensionTrigger(id: "reminder", .timer(everySeconds: 60)), ExtensionTrigger(id: "moderate", .moderate),
        ]
    }
}
