import Domain
import GRDB

/// The read model `extension_installs`: the document, and beside it what lists are made by.
enum ExtensionInstallsProjection: SingleStreamProjection {
    typealias Event = ExtensionInstall.Event

    static let name = "extension_installs"
    static let table = """
        CREATE TABLE extension_installs (
          install_id TEXT PRIMARY KEY,
          account_id TEXT NOT NULL,
          extension_id TEXT NOT NULL,
          bundle_digest TEXT NOT NULL,
          created_at INTEGER NOT NULL,
          document TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX extension_installs_by_account ON extension_installs (account_id, created_at);
        CREATE INDEX extension_installs_by_extension ON extension_installs (extension_id);
        CREATE INDEX extension_installs_by_bundle ON extension_installs (bundle_digest);
        """
    static let upsertSQL = """
        INSERT INTO extension_installs VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
          account_id = excluded.account_id, extension_id = excluded.extension_id,
          bundle_digest = excluded.bundle_digest, created_at = excluded.created_at, document = excluded.document
        """
    static let selectSQL = "SELECT * FROM extension_installs WHERE install_id = ?"
    static let deleteSQL = "DELETE FROM extension_installs WHERE install_id = ?"

    static func keyColumns(_ key: String) -> StatementArguments { [key] }

    static func evolve(
        _ document: ExtensionInstallDocument?, _ event: Event, _ envelope: Envelope
    ) throws -> ExtensionInstallDocument? {
        if case .installed(let account, let id, let terms, let exemptRoles) = event {
            return ExtensionInstallDocument(
                installID: InstallID(stored: envelope.key), accountID: account, extensionID: id,
                release: terms.release, enabled: true, granted: terms.granted, config: terms.setup.config,
                settings: terms.setup.settings, overrides: terms.overrides, triggers: terms.triggers,
                exemptRoles: exemptRoles, createdAt: envelope.recordedAt, updatedAt: envelope.recordedAt,
                revision: envelope.revision)
        }
        if case .uninstalled = event { return nil }
        guard var next = document else { throw Inapplicable(description: "the extension is not installed") }
        next.apply(event, at: envelope.recordedAt)
        next.updatedAt = envelope.recordedAt
        next.revision = envelope.revision
        return next
    }

    static func bind(_ document: ExtensionInstallDocument, to row: inout RowBinder) {
        row.bind(document.installID.rawValue)
        row.bind(document.accountID.rawValue)
        row.bind(document.extensionID.rawValue)
        row.bind(document.release.digest.rawValue)
        row.bind(document.createdAt.microseconds)
        row.bind(text: document.bytes)
    }

    static func document(from row: inout RowReader) throws -> ExtensionInstallDocument {
        try row.storedDocument(after: 5)
    }
}

extension ExtensionInstallDocument {
    fileprivate mutating func apply(_ event: ExtensionInstall.Event, at moment: Timestamp) {
        switch event {
        case .installed, .uninstalled: break
        case .configured(let setup): (config, settings) = (setup.config, setup.settings)
        case .triggersOverridden(let overrides, let triggers): (self.overrides, self.triggers) = (overrides, triggers)
        case .exemptRolesSet(let roles): exemptRoles = roles
        case .enabled: (enabled, kill) = (true, nil)
        case .disabled: enabled = false
        case .killed(let reason): kill = Stop(reason: reason?.storable, at: moment)
        case .upgraded(let terms): take(terms)
        case .upgradeHeld(let version, let reason): held = Held(version: version, reason: reason)
        case .tripped(let reason, let at): trip = Stop(reason: reason.storable, at: at)
        case .recovered: trip = nil
        }
    }

    private mutating func take(_ terms: ExtensionInstall.Terms) {
        (release, granted, triggers, overrides) = (terms.release, terms.granted, terms.triggers, terms.overrides)
        (config, settings) = (terms.setup.config, terms.setup.settings)
        (held, trip) = (nil, nil)
    }
}
