import Domain

extension SeededRandom {
    mutating func extensionEvents() -> [any DomainEvent] {
        let listing = Extension.Listing(
            version: "1.\(Int.random(in: 0...99, using: &self)).0", name: "N" + text(lengthMax: 50),
            description: text(lengthMax: 100), visibility: pick(Extension.Visibility.allCases))
        let submission = Extension.Submission(
            account: AccountID(stored: "acct_1"), submitter: text(lengthMax: 10), listing: listing, digest: digest(),
            permissions: ExtensionPermission.allCases.filter { _ in chance(50) },
            manifest: JSONText(.object([JSON.Member("x", json(depth: 3))])))
        let note = chance(50) ? text(lengthMax: 100) : nil
        return [
            Extension.Event.submitted(submission),
            Extension.Event.reviewed(
                version: listing.version, pick(Extension.Verdict.allCases),
                state: pick([.inReview, .approved, .changesRequested, .rejected]), reviewer: text(lengthMax: 10),
                note: note),
            Extension.Event.published(listing), Extension.Event.suspended(reason: text(lengthMax: 50)),
            Extension.Event.reinstated(reason: note),
        ]
    }

    mutating func installEvents() -> [any DomainEvent] {
        let terms = terms(), at = timestamp()
        let id = ExtensionID(stored: "3f0c1c52-7c1e-4b8e-9d55-0a3f5c1b2d4e")
        let roles = ["moderator", "vip"].filter { _ in chance(50) }
        return [
            ExtensionInstall.Event.installed(AccountID(stored: "acct_1"), id, terms, exemptRoles: roles),
            ExtensionInstall.Event.configured(terms.setup),
            ExtensionInstall.Event.triggersOverridden(overrides: terms.overrides, triggers: terms.triggers),
            ExtensionInstall.Event.exemptRolesSet(roles), ExtensionInstall.Event.enabled,
            ExtensionInstall.Event.disabled,
            ExtensionInstall.Event.killed(reason: chance(50) ? text(lengthMax: 50) : nil),
            ExtensionInstall.Event.upgraded(terms),
            ExtensionInstall.Event.upgradeHeld(version: terms.release.version, reason: text(lengthMax: 50)),
            ExtensionInstall.Event.tripped(reason: text(lengthMax: 50), at: at),
            ExtensionInstall.Event.recovered(at: at), ExtensionInstall.Event.uninstalled,
        ]
    }

    private mutating func terms() -> ExtensionInstall.Terms {
        let triggers: [ExtensionTrigger.Condition] = [
            .command(prefix: text(lengthMax: 3), name: text(lengthMax: 8), cooldownSeconds: 5),
            .keywords([text(lengthMax: 8), text(lengthMax: 8)]),
            .pattern(ExtensionTrigger.Pattern(source: text(lengthMax: 20), flags: "i")), .event("twitch:follower"),
            .timer(everySeconds: 300), .moderate,
        ]
        return ExtensionInstall.Terms(
            release: ExtensionInstallDocument.Release(
                name: "N" + text(lengthMax: 50), version: "1.0.0", digest: digest(),
                egress: Egress(allowHosts: [text(lengthMax: 10)], allowPorts: [443, 8443])),
            granted: ExtensionPermission.allCases.filter { _ in chance(50) },
            setup: ExtensionInstall.Setup(
                config: JSONText(.object([JSON.Member("a", json(depth: 2))])),
                settings: JSONText(.object([JSON.Member("b", json(depth: 2))]))),
            overrides: JSONText(.emptyObject),
            triggers: triggers.enumerated().map { ExtensionTrigger(id: "t\($0)", $1) })
    }

    private mutating func digest() -> BundleDigest {
        BundleDigest(stored: String((0..<64).map { _ in pick(Array("0123456789abcdef")) }))
    }
}
