/// An extension in one account.
package enum ExtensionInstall {
    package static let reasonLengthMax = 500

    /// What runs, and under which conditions: all that an account has agreed to.
    package struct Terms: Equatable, Sendable {
        package var release: ExtensionInstallDocument.Release
        package var granted: [ExtensionPermission]
        package var setup: Setup
        /// As given, and the triggers with the overrides counted in.
        package var overrides: JSONText, triggers: [ExtensionTrigger]

        package init(
            release: ExtensionInstallDocument.Release, granted: [ExtensionPermission], setup: Setup,
            overrides: JSONText, triggers: [ExtensionTrigger]
        ) {
            (self.release, self.granted, self.setup) = (release, granted, setup)
            (self.overrides, self.triggers) = (overrides, triggers)
        }
    }

    /// The settings as given, and with the defaults filled in.
    package struct Setup: Equatable, Sendable {
        package var config: JSONText, settings: JSONText

        package init(config: JSONText, settings: JSONText) {
            (self.config, self.settings) = (config, settings)
        }
    }
}

extension ExtensionInstall.Terms {
    func encode(into writer: inout JSONWriter) {
        writer.member("name", release.name)
        writer.member("version", release.version)
        writer.member("bundle_digest", release.digest.rawValue)
        writer.name("egress")
        release.egress.encode(into: &writer)
        writer.name("permissions")
        writer.array { array in granted.forEach { array.string($0.rawValue) } }
        setup.encode(into: &writer)
        Self.encode(overrides, triggers, into: &writer)
    }

    static func encode(_ overrides: JSONText, _ triggers: [ExtensionTrigger], into writer: inout JSONWriter) {
        writer.name("overrides")
        writer.raw(overrides.bytes)
        writer.name("triggers")
        writer.array { array in triggers.forEach { $0.encode(into: &array) } }
    }

    init(_ data: StoredObject) throws {
        guard let egress = data.raw("egress") else { throw StoredObject.Unreadable("egress is missing") }
        self.init(
            release: ExtensionInstallDocument.Release(
                name: try data.require("name", StoredObject.string),
                version: try data.require("version", StoredObject.string),
                digest: BundleDigest(stored: try data.require("bundle_digest", StoredObject.string)),
                egress: try Egress(decoding: StoredObject(egress))),
            granted: try data.strings("permissions").map { try ExtensionPermission(stored: $0) },
            setup: try ExtensionInstall.Setup(data), overrides: try data.require("overrides", StoredObject.object),
            triggers: try data.objects("triggers", ExtensionTrigger.init))
    }
}

extension ExtensionInstall.Setup {
    func encode(into writer: inout JSONWriter) {
        writer.name("config")
        writer.raw(config.bytes)
        writer.name("settings")
        writer.raw(settings.bytes)
    }

    init(_ data: StoredObject) throws {
        self.init(
            config: try data.require("config", StoredObject.object),
            settings: try data.require("settings", StoredObject.object))
    }
}
