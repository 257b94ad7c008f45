import Domain
import Extensions

/// A manifest that is right, to be changed one member at a time.
enum Given {
    static let text = """
        {"extensionId": "3f0c1c52-7c1e-4b8e-9d55-0a3f5c1b2d4e", "name": "Ranks", "category": "bot_module", \
        "version": "1.0.0", "main": "main.js", "permissions": ["chat:send", "storage:kv"], \
        "triggers": [
            {"id": "rank", "type": "command", "default": {"command": "rank", "cooldown": 5}, "overridable": true}]}
        """

    /// The manifest with some members replaced; null drops one.
    static func manifest(_ changes: String = "{}") throws -> Manifest {
        try Manifest(try json(changes))
    }

    static func json(_ changes: String) throws -> JSON {
        let changes = try JSONParser.parse(changes).members ?? []
        let kept = try JSONParser.parse(text).members!.filter { old in !changes.contains { $0.name == old.name } }
        return .object(kept + changes.filter { $0.value != .null })
    }

    /// `path code` of everything that is wrong.
    static func failures(_ changes: String) throws -> [String] {
        complaints { () throws(ValidationFailed) in _ = try Manifest(try! json(changes)) }
    }

    static func schema(_ fields: String) throws -> ConfigSchema {
        try manifest(#"{"config_schema": \#(fields)}"#).schema
    }
}
