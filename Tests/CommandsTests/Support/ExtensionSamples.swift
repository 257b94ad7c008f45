import Commands
import Domain
import Extensions

enum Store {
    static let id = ExtensionID(stored: "3f0c1c52-7c1e-4b8e-9d55-0a3f5c1b2d4e")
    static let digest = BundleDigest(stored: String(repeating: "a", count: 64))
    static let other = BundleDigest(stored: String(repeating: "b", count: 64))

    static func submission(
        _ version: String = "1.0.0", account: AccountID = .one, digest: BundleDigest = digest,
        _ permissions: [ExtensionPermission] = [.chatSend]
    ) -> Extension.Submission {
        Extension.Submission(
            account: account, submitter: "author",
            listing: .init(version: version, name: "Ranks", description: "", visibility: .public), digest: digest,
            permissions: permissions, manifest: JSONText(.emptyObject))
    }

    static func manifest(
        _ version: String = "1.0.0", permissions: [ExtensionPermission] = [.chatSend], pointsMax: Int = 100,
        visibility: Extension.Visibility = .public
    ) throws -> Manifest {
        try Manifest([
            "extensionId": .string(id.rawValue), "name": "Ranks", "version": .string(version),
            "category": "bot_module", "main": "main.js",
            "permissions": .array(permissions.map { .string($0.rawValue) }),
            "visibility": .string(visibility.rawValue),
            "triggers": [["id": "rank", "type": "command", "default": ["command": "rank"]]],
            "config_schema": ["points": ["type": "integer", "min": 1, "max": .integer(pointsMax), "default": 1]],
        ])
    }

    static func terms(
        _ version: String = "1.0.0", _ granted: [ExtensionPermission] = [.chatSend], hosts: [String] = []
    ) -> ExtensionInstall.Terms {
        ExtensionInstall.Terms(
            release: .init(name: "Ranks", version: version, digest: digest, egress: Egress(allowHosts: hosts)),
            granted: granted, setup: setup(1), overrides: JSONText(.emptyObject),
            triggers: [ExtensionTrigger(id: "rank", .command(prefix: "!", name: "rank", cooldownSeconds: 0))])
    }

    static func setup(_ points: Int) -> ExtensionInstall.Setup {
        .init(config: JSONText(["points": .integer(points)]), settings: JSONText(["points": .integer(points)]))
    }
}
