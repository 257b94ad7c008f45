import Domain
import Extensions
import Server

/// Says of every bundle what its manifest says, unless a word in the program says otherwise.
struct ScriptedJudge: BundleJudging {
    func triggers(of bundle: ExtensionBundle, main: String) async throws(BundleRefusal) -> [ExtensionTrigger] {
        let program = bundle.files[main] ?? ""
        if program.contains("throw") { throw .faulty("throws at line 1") }
        if program.contains("busy") { throw .unavailable("all children are busy") }
        guard let manifest = try? bundle.manifest() else { return [] }
        let own = manifest.triggers.map(\.standard)
        return program.contains("hidden") ? own + [ExtensionTrigger(id: "moderate", .moderate)] : own
    }
}

enum Store {
    static let id = "3f0c1c52-7c1e-4b8e-9d55-0a3f5c1b2d4e"

    static func bundle(
        _ version: String = "1.0.0", permissions: [String] = ["chat:send", "storage:kv"], program: String = "// ok",
        visibility: String = "public", pointsMax: Int = 100
    ) -> JSON {
        let manifest: JSON = [
            "extensionId": .string(id), "name": "Ranks", "version": .string(version), "category": "bot_module",
            "main": "main.js", "permissions": .array(permissions.map { .string($0) }),
            "visibility": .string(visibility),
            "triggers": [["id": "rank", "type": "command", "default": ["command": "rank"]]],
            "config_schema": ["points": ["type": "integer", "min": 1, "max": .integer(pointsMax), "default": 1]],
        ]
        return ["bundle": ["files": ["lumio.config.json": .string(manifest.text), "main.js": .string(program)]]]
    }
}
