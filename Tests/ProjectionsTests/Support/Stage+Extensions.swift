import Domain

/// An extension, and an install of it.
enum Store {
    static let id = ExtensionID(stored: "3f0c1c52-7c1e-4b8e-9d55-0a3f5c1b2d4e")
    static let install = InstallID(stored: "0b8e6c1e-0000-8000-8000-000000000001")
    static let entity = EntityID.extension(id), installEntity = EntityID.extensionInstall(install, of: .one)
    static let digest = BundleDigest(stored: String(repeating: "a", count: 64))

    static func listing(
        _ version: String = "1.0.0", _ name: String = "Ranks", _ visibility: Extension.Visibility = .public
    ) -> Extension.Listing {
        Extension.Listing(version: version, name: name, description: "d\0d", visibility: visibility)
    }

    static func submitted(_ listing: Extension.Listing = listing()) -> Extension.Event {
        .submitted(
            Extension.Submission(
                account: .one, submitter: "author", listing: listing, digest: digest, permissions: [.chatSend],
                manifest: JSONText(["name": "x"])))
    }

    static func approved(_ version: String = "1.0.0") -> Extension.Event {
        .reviewed(version: version, .approved, state: .approved, reviewer: "r", note: "fine\0")
    }

    static func setup(_ points: Int) -> ExtensionInstall.Setup {
        .init(config: JSONText(["points": .integer(points)]), settings: JSONText(["points": .integer(points)]))
    }

    static func terms(_ version: String = "1.0.0") -> ExtensionInstall.Terms {
        ExtensionInstall.Terms(
            release: .init(name: "Ranks", version: version, digest: digest, egress: Egress(allowHosts: ["a.com"])),
            granted: [.chatSend], setup: setup(1), overrides: JSONText(.emptyObject),
            triggers: [ExtensionTrigger(id: "moderate", .moderate)])
    }

    static let installed = ExtensionInstall.Event.installed(.one, id, terms(), exemptRoles: ["vip"])
}

extension Stage {
    /// Every event of an extension and of its installs.
    func appendExtensions() async throws {
        try await append(
            Store.submitted(), Store.approved(), Extension.Event.published(Store.listing()), to: Store.entity)
        try await append(
            Store.installed, ExtensionInstall.Event.configured(Store.setup(7)),
            ExtensionInstall.Event.triggersOverridden(
                overrides: JSONText(["a": ["prefix": "?"]]),
                triggers: [ExtensionTrigger(id: "a", .command(prefix: "?", name: "a", cooldownSeconds: 1))]),
            ExtensionInstall.Event.exemptRolesSet(["moderator"]), ExtensionInstall.Event.killed(reason: "spam\0"),
            ExtensionInstall.Event.enabled, ExtensionInstall.Event.disabled,
            ExtensionInstall.Event.upgradeHeld(version: "2.0.0", reason: "points"),
            ExtensionInstall.Event.tripped(reason: "timeout", at: .seconds(9)),
            ExtensionInstall.Event.recovered(at: .seconds(10)), ExtensionInstall.Event.upgraded(Store.terms("2.0.0")),
            to: Store.installEntity)
        try await append(Extension.Event.suspended(reason: "leaks"), to: Store.entity)
        let gone = EntityID.extensionInstall(InstallID(stored: "0b8e6c1e-0000-8000-8000-000000000002"), of: .one)
        try await append(Store.installed, ExtensionInstall.Event.uninstalled, to: gone)
    }
}
