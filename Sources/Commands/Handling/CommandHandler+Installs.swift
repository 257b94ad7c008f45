import Domain
import EventStore
import Extensions

extension CommandHandler {
    /// What an owner wants installed.
    package struct InstallWish: Sendable {
        package var extensionID: ExtensionID
        /// nil for the one that the store offers.
        package var version: String?
        package var consent: [ExtensionPermission]
        package var config: JSON, overrides: JSON
        /// nil for the manifest's.
        package var exemptRoles: ExemptRoleSet?

        package init(
            extensionID: ExtensionID, version: String? = nil, consent: [ExtensionPermission],
            config: JSON = .emptyObject, overrides: JSON = .emptyObject, exemptRoles: ExemptRoleSet? = nil
        ) {
            (self.extensionID, self.version, self.consent) = (extensionID, version, consent)
            (self.config, self.overrides, self.exemptRoles) = (config, overrides, exemptRoles)
        }
    }

    /// An account installs an extension once: its id follows from both, so that two who race for it meet in one stream.
    package static func installID(of id: ExtensionID, in account: AccountID) -> InstallID {
        let digest = Hash(of: Array("extension_install\0\(account)\0\(id)".utf8)).description
        var digits = Array(digest.utf8.prefix(32))
        // A UUID of the kind that everybody fills as they like (RFC 9562, version 8).
        digits[12] = UInt8(ascii: "8")
        digits[16] = UInt8(ascii: "8")
        let text = String(decoding: digits, as: UTF8.self)
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { range in
            String(decoding: Array(text.utf8)[range], as: UTF8.self)
        }
        return InstallID(stored: parts.joined(separator: "-"))
    }

    /// - Throws: `ValidationFailed` for settings and overrides, `Refusal` for what cannot be installed.
    package func installExtension(
        _ wish: InstallWish, for account: AccountID, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        let entity = EntityID.extensionInstall(Self.installID(of: wish.extensionID, in: account), of: account)
        return try await handle(by: ExtensionInstall.self, on: entity, request, creates: true) { _ in
            try requirePlan(account)
            let (version, manifest) = try offer(wish.extensionID, wish.version, to: account)
            let setup = try Setup(manifest, config: wish.config, overrides: wish.overrides)
            return .install(
                account, wish.extensionID, ExtensionInstall.Terms(manifest, version.submission.digest, setup),
                exemptRoles: (wish.exemptRoles ?? manifest.exemptRoles).roles, consent: wish.consent)
        }
    }

    /// The whole new settings.
    package func configureInstall(
        _ id: InstallID, of account: AccountID, config: JSON, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await change(id, of: account, request) { state in
            let manifest = try manifest(of: state)
            let settings = try manifest.schema.settings(from: config)
            return .configure(ExtensionInstall.Setup(config: JSONText(config), settings: JSONText(settings)))
        }
    }

    /// The whole new overrides; a null restores, and so does leaving one out.
    package func overrideTriggers(
        _ id: InstallID, of account: AccountID, overrides: JSON, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await change(id, of: account, request) { state in
            let triggers = try TriggerOverrides.resolve(try manifest(of: state).triggers, with: overrides)
            return .overrideTriggers(overrides: JSONText(TriggerOverrides.kept(overrides)), triggers: triggers)
        }
    }

    package func setExemptRoles(
        _ id: InstallID, of account: AccountID, _ roles: ExemptRoleSet, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await change(id, of: account, request) { _ in .setExemptRoles(roles.roles) }
    }

    /// Switching off works on every plan.
    package func switchInstall(
        _ id: InstallID, of account: AccountID, enabled: Bool, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await change(id, of: account, request, needsPlan: enabled) { _ in enabled ? .enable : .disable }
    }

    /// Works on every plan, and keeps what is configured.
    package func killInstall(
        _ id: InstallID, of account: AccountID, reason: String?, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await change(id, of: account, request, needsPlan: false) { _ in .kill(reason: reason) }
    }

    /// Works on every plan: what was installed on a better one can always be removed.
    package func uninstallExtension(
        _ id: InstallID, of account: AccountID, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await change(id, of: account, request, needsPlan: false) { _ in .uninstall }
    }

    /// What a worker's circuit breaker has done. What is gone, or so already, is nobody's mistake.
    package func takeBreaker(_ change: BreakerChange, _ request: CommandRequest) async throws {
        let entity = EntityID.extensionInstall(change.installID, of: try owner(of: change.installID))
        let command: ExtensionInstall.Command =
            switch change.state {
            case .tripped: .trip(reason: change.reason ?? "it kept failing", at: change.at)
            case .recovered: .recover(at: change.at)
            }
        do {
            _ = try await handle(command, by: ExtensionInstall.self, on: entity, request)
        } catch let refusal as Refusal where refusal.code == .installNotFound {}
    }

    /// The account that has installed it; nil for one that is not installed.
    package func owner(of id: InstallID) throws -> AccountID? {
        try load(ExtensionInstall.self, .extensionInstall(id, of: nil)).state?.account
    }
}

extension CommandHandler {
    /// - Parameter command: what to do in an install that is there, and belongs to the account.
    func change(
        _ id: InstallID, of account: AccountID, _ request: CommandRequest, needsPlan: Bool = true,
        _ command: (ExtensionInstall.Installed) throws -> ExtensionInstall.Command
    ) async throws -> CommandOutcome {
        let entity = EntityID.extensionInstall(id, of: account)
        return try await handle(by: ExtensionInstall.self, on: entity, request) { state in
            if needsPlan { try requirePlan(account) } else { try requireAccount(account) }
            guard let state, state.account == account else { throw Refusal.noSuchInstall }
            return try command(state)
        }
    }

    func requirePlan(_ id: AccountID) throws {
        let account = try requireAccount(id)
        guard account.customBotAllowed else { throw Refusal.planRequired(account.plan) }
    }

    /// What the install runs by now.
    func manifest(of state: ExtensionInstall.Installed) throws -> Manifest {
        let record = try load(Extension.self, .extension(state.extensionID)).state
        guard let version = record?.version(state.terms.release.version) else { throw Refusal.noSuchExtension }
        return try Manifest(stored: version.submission.manifest)
    }

    /// A version that an account may install: published, of an extension that is not suspended and not another's own.
    func offer(
        _ id: ExtensionID, _ number: String?, to account: AccountID
    ) throws -> (version: Extension.VersionRecord, manifest: Manifest) {
        guard let record = try load(Extension.self, .extension(id)).state, let published = record.published,
            let listed = record.version(published)
        else { throw Refusal(.extensionNotFound, "there is no such extension in the store: check its id") }
        guard listed.submission.listing.visibility.isShared || record.owner == account else {
            throw Refusal(.extensionNotFound, "there is no such extension in the store: check its id")
        }
        guard !record.isSuspended else { throw Refusal.extensionSuspended }
        guard let version = record.version(number ?? published), version.stage == .published else {
            let message = "version \(number ?? published) is not published: leave version out for \(published)"
            throw Refusal(.versionNotFound, message)
        }
        return (version, try Manifest(stored: version.submission.manifest))
    }
}

extension ExtensionInstall.Terms {
    init(_ manifest: Manifest, _ digest: BundleDigest, _ setup: Setup) {
        self.init(
            release: ExtensionInstallDocument.Release(
                name: manifest.name, version: manifest.version.description, digest: digest, egress: manifest.egress),
            granted: manifest.permissions,
            setup: ExtensionInstall.Setup(config: JSONText(setup.config), settings: JSONText(setup.settings)),
            overrides: JSONText(setup.overrides), triggers: setup.triggers)
    }
}
