import Domain
import Extensions
import Sandbox
import Worker

/// An extension that its author tries out: in a real sandbox, and without any server.
struct TriedExtension {
    static let install = InstallID(stored: "00000000-0000-4000-8000-000000000001")

    let folder: ExtensionFolder
    let bundle: ExtensionBundle
    let manifest: Manifest

    init(_ folder: ExtensionFolder) throws {
        self.folder = folder
        bundle = try folder.bundle()
        manifest = try folder.manifest(of: bundle)
    }

    /// What its program says that it listens to, evaluated without anything that it could call.
    func declared(by pool: SandboxPool) async throws -> [ExtensionTrigger] {
        try await load(capabilities: [], settings: .emptyObject, into: pool)
    }

    /// As an account would have it that has granted everything.
    func load(config: JSON, into pool: SandboxPool) async throws -> ExtensionInstallDocument {
        let setup = try folder.explained { () throws(ValidationFailed) in
            try Setup(manifest, config: config, overrides: .emptyObject)
        }
        var capabilities: Set<HostCapability> = []
        if manifest.permissions.contains(.storage) { capabilities.insert(.kv) }
        if manifest.permissions.contains(.network) { capabilities.insert(.fetch) }
        let declared = try await load(capabilities: capabilities, settings: setup.settings, into: pool)
        let differences = manifest.differences(from: declared)
        guard differences.isEmpty else { throw folder.problem(differences) }
        return document(setup)
    }

    private func load(
        capabilities: Set<HostCapability>, settings: JSON, into pool: SandboxPool
    ) async throws -> [ExtensionTrigger] {
        do throws(SandboxFailure) {
            return try await pool.load(
                SandboxedProgram(
                    install: Self.install, modules: bundle.modules, main: manifest.main, capabilities: capabilities,
                    settings: JSONText(settings))
            ).map(\.trigger)
        } catch {
            guard error.kind != .unavailable else { throw CommandFailure.cannotRun("\(error.message)") }
            throw folder.problem([Failure(path: manifest.main, code: "script", message: "\(error)")])
        }
    }

    private func document(_ setup: Setup) -> ExtensionInstallDocument {
        let now = WallClock.system.now
        return ExtensionInstallDocument(
            installID: Self.install, accountID: AccountID(stored: "account"), extensionID: manifest.id,
            release: .init(
                name: manifest.name, version: manifest.version.description, digest: BundleDigest(stored: ""),
                egress: manifest.egress),
            enabled: true, granted: manifest.permissions, config: JSONText(setup.config),
            settings: JSONText(setup.settings), overrides: JSONText(setup.overrides), triggers: setup.triggers,
            exemptRoles: manifest.exemptRoles.roles, createdAt: now, updatedAt: now, revision: 0)
    }
}
