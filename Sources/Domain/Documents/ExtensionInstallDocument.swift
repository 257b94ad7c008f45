/// An extension as one account has installed it, with all that a worker needs to run it but the bundle itself.
package struct ExtensionInstallDocument: FeedDocument {
    package static let kind = Category.extensionInstall

    package let installID: InstallID, accountID: AccountID, extensionID: ExtensionID
    package var release: Release
    /// The owner's switch.
    package var enabled: Bool
    /// Set by the kill switch until the owner enables it again.
    package var kill: Stop?
    /// Set by the circuit breaker until the extension has proven itself again.
    package var trip: Stop?
    /// Why a newer version waits: the settings do not fit it. The version above goes on meanwhile.
    package var held: Held?
    package var granted: [ExtensionPermission]
    /// As given, and with the defaults filled in: the second is what handlers see.
    package var config: JSONText, settings: JSONText
    /// As given: trigger id → `{prefix | command | keywords | pattern}`.
    package var overrides: JSONText
    /// With the overrides counted in.
    package var triggers: [ExtensionTrigger]
    /// Of `broadcaster`, `moderator`, `vip`, `subscriber`: lines of theirs reach no trigger of the kind `moderate`.
    package var exemptRoles: [String]
    package let createdAt: Timestamp
    package var updatedAt: Timestamp
    package var revision: Int

    /// What a version brings along.
    package struct Release: Equatable, Sendable {
        package var name: String, version: String
        package var digest: BundleDigest
        package var egress: Egress

        package init(name: String, version: String, digest: BundleDigest, egress: Egress) {
            (self.name, self.version, self.digest, self.egress) = (name, version, digest, egress)
        }
    }

    package struct Stop: Equatable, Sendable {
        package var reason: String?, at: Timestamp

        package init(reason: String?, at: Timestamp) {
            (self.reason, self.at) = (reason, at)
        }
    }

    package struct Held: Equatable, Sendable {
        package var version: String, reason: String

        package init(version: String, reason: String) {
            (self.version, self.reason) = (version, reason)
        }
    }

    package init(
        installID: InstallID, accountID: AccountID, extensionID: ExtensionID, release: Release, enabled: Bool,
        kill: Stop? = nil, trip: Stop? = nil, held: Held? = nil, granted: [ExtensionPermission], config: JSONText,
        settings: JSONText, overrides: JSONText, triggers: [ExtensionTrigger], exemptRoles: [String],
        createdAt: Timestamp, updatedAt: Timestamp, revision: Int
    ) {
        (self.installID, self.accountID, self.extensionID) = (installID, accountID, extensionID)
        (self.release, self.enabled, self.kill, self.trip, self.held) = (release, enabled, kill, trip, held)
        (self.granted, self.config, self.settings, self.overrides) = (granted, config, settings, overrides)
        (self.triggers, self.exemptRoles, self.createdAt) = (triggers, exemptRoles, createdAt)
        (self.updatedAt, self.revision) = (updatedAt, revision)
    }

    /// Whether its triggers may fire, as far as its owner and the kill switch are concerned. The circuit breaker, the
    /// extension's own suspension, the plan and the bot are counted in where it runs.
    package var isOn: Bool { enabled && kill == nil }

    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("install_id", installID.rawValue)
            object.member("account_id", accountID.rawValue)
            object.member("extension_id", extensionID.rawValue)
            object.member("name", release.name)
            object.member("version", release.version)
            object.member("bundle_digest", release.digest.rawValue)
            object.name("egress")
            release.egress.encode(into: &object)
            object.member("enabled", enabled)
            object.name("kill")
            encode(kill, into: &object)
            object.name("trip")
            encode(trip, into: &object)
            object.name("held")
            encodeHeld(into: &object)
            object.name("permissions")
            object.array { array in granted.forEach { array.string($0.rawValue) } }
            object.name("config")
            object.raw(config.bytes)
            object.name("settings")
            object.raw(settings.bytes)
            object.name("overrides")
            object.raw(overrides.bytes)
            object.name("triggers")
            object.array { array in triggers.forEach { $0.encode(into: &array) } }
            object.name("exempt_roles")
            object.array { array in exemptRoles.forEach { array.string($0) } }
            object.member("created_at", createdAt.description)
            object.member("updated_at", updatedAt.description)
            object.member("revision", revision)
        }
    }

    private func encode(_ stop: Stop?, into writer: inout JSONWriter) {
        guard let stop else { return writer.null() }
        writer.object { object in
            object.member("reason", orNull: stop.reason)
            object.member("at", stop.at.description)
        }
    }

    private func encodeHeld(into writer: inout JSONWriter) {
        guard let held else { return writer.null() }
        writer.object { object in
            object.member("version", held.version)
            object.member("reason", held.reason)
        }
    }
}

extension ExtensionInstallDocument {
    package init(decoding object: StoredObject) throws {
        guard let config = object.raw("config"), let settings = object.raw("settings"),
            let overrides = object.raw("overrides"), let egress = object.raw("egress")
        else { throw StoredObject.Unreadable("config, settings, overrides or egress is missing") }
        let release = Release(
            name: try object.require("name", StoredObject.string),
            version: try object.require("version", StoredObject.string),
            digest: BundleDigest(stored: try object.require("bundle_digest", StoredObject.string)),
            egress: try Egress(decoding: StoredObject(egress)))
        self.init(
            installID: InstallID(stored: try object.require("install_id", StoredObject.string)),
            accountID: AccountID(stored: try object.require("account_id", StoredObject.string)),
            extensionID: ExtensionID(stored: try object.require("extension_id", StoredObject.string)),
            release: release, enabled: try object.require("enabled", StoredObject.bool),
            kill: try object.raw("kill").map { try Stop(decoding: StoredObject($0)) },
            trip: try object.raw("trip").map { try Stop(decoding: StoredObject($0)) },
            held: try object.raw("held").map { try Held(decoding: StoredObject($0)) },
            granted: try object.strings("permissions").map { name in
                guard let permission = ExtensionPermission(rawValue: name) else {
                    throw StoredObject.Unreadable("\(name) is no permission that this version knows")
                }
                return permission
            },
            config: JSONText(stored: config), settings: JSONText(stored: settings),
            overrides: JSONText(stored: overrides),
            triggers: try object.entries("triggers").map { entry in
                try entry.bytes.withUnsafeBufferPointer { try ExtensionTrigger(decoding: StoredObject($0)) }
            },
            exemptRoles: try object.strings("exempt_roles"), createdAt: try object.moment("created_at"),
            updatedAt: try object.moment("updated_at"), revision: try object.require("revision", StoredObject.integer))
    }
}

extension ExtensionInstallDocument.Stop {
    fileprivate init(decoding object: StoredObject) throws {
        self.init(reason: try object.string("reason"), at: try object.moment("at"))
    }
}

extension ExtensionInstallDocument.Held {
    fileprivate init(decoding object: StoredObject) throws {
        self.init(
            version: try object.require("version", StoredObject.string),
            reason: try object.require("reason", StoredObject.string))
    }
}

extension Egress {
    /// `{allowHosts, allowPorts}`, as manifests spell it.
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.name("allowHosts")
            object.array { array in allowHosts.forEach { array.string($0) } }
            object.name("allowPorts")
            object.array { array in allowPorts.forEach { array.integer($0) } }
        }
    }

    package init(decoding object: StoredObject) throws {
        self.init(
            allowHosts: try object.strings("allowHosts"),
            allowPorts: try object.entries("allowPorts").map { entry in
                guard let port = entry.integer else { throw StoredObject.Unreadable("allowPorts holds no number") }
                return port
            })
    }
}
