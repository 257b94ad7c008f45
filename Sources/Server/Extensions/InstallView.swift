import Domain
import Extensions
import Projections

/// An install as its owner sees it, with what comes of everything that can stop it.
struct InstallView {
    let document: ExtensionInstallDocument
    let state: State
    /// The version that the store offers; nil when it is gone or another's own by now.
    let offered: String?

    enum State: String, CaseIterable {
        case running, disabled, killed, tripped
        /// Its extension is suspended, or the account's plan has no modules.
        case suspended
        case planRequired = "plan_required"
    }

    init(_ document: ExtensionInstallDocument, _ readModels: any ReadModelsReading) throws {
        self.document = document
        let found = try readModels.extension(document.extensionID)
        let account = try readModels.account(document.accountID)
        let isAllowed = account?.mayUseCustomBot ?? false
        offered = found?.published
        state =
            if document.kill != nil {
                .killed
            } else if found?.isSuspended ?? true {
                .suspended
            } else if !isAllowed {
                .planRequired
            } else if !document.enabled {
                .disabled
            } else {
                document.trip == nil ? .running : .tripped
            }
    }

    func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("kind", "extension")
            object.member("install_id", document.installID.rawValue)
            object.member("account_id", document.accountID.rawValue)
            object.member("extension_id", document.extensionID.rawValue)
            object.member("name", document.release.name)
            object.member("version", document.release.version)
            object.member("offered_version", orNull: offered)
            object.member("bundle_digest", document.release.digest.rawValue)
            object.name("egress")
            document.release.egress.encode(into: &object)
            object.name("permissions")
            object.array { array in document.granted.forEach { array.string($0.rawValue) } }
            object.member("enabled", document.enabled)
            object.member("state", state.rawValue)
            encode("kill", document.kill, into: &object)
            encode("trip", document.trip, into: &object)
            encodeHeld(into: &object)
            encodeSettings(into: &object)
            object.member("created_at", document.createdAt.description)
            object.member("updated_at", document.updatedAt.description)
            object.member("revision", document.revision)
        }
    }

    private func encodeSettings(into object: inout JSONWriter) {
        object.name("config")
        object.raw(document.config.bytes)
        object.name("settings")
        object.raw(document.settings.bytes)
        object.name("overrides")
        object.raw(document.overrides.bytes)
        object.name("triggers")
        object.array { array in document.triggers.forEach { $0.encode(into: &array) } }
        object.name("exempt_roles")
        ExemptRoleSet(roles: document.exemptRoles).encode(into: &object)
    }

    private func encode(_ name: StaticString, _ stop: ExtensionInstallDocument.Stop?, into object: inout JSONWriter) {
        object.name(name)
        guard let stop else { return object.null() }
        object.object {
            $0.member("reason", orNull: stop.reason)
            $0.member("at", stop.at.description)
        }
    }

    private func encodeHeld(into object: inout JSONWriter) {
        object.name("held")
        guard let held = document.held else { return object.null() }
        object.object {
            $0.member("version", held.version)
            $0.member("reason", held.reason)
        }
    }
}
