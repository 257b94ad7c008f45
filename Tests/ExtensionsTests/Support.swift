import Domain
import Extensions

/// A manifest that is right, to be changed by tests.
enum Samples {
    static let manifest: JSON = [
        "extensionId": "3f0c1c52-7c1e-4b8e-9d55-0a3f5c1b2d4e", "name": "Ranks", "version": "1.2.0",
        "category": "bot_module", "main": "main.js", "permissions": ["chat:send", "network"],
        "egress": ["allowHosts": ["api.example.com", "*.Example.org"]], "visibility": "public",
        "triggers": [
            ["id": "rank", "type": "command", "default": ["command": "rank", "cooldown": 5]],
            ["id": "keyword-1", "type": "keyword", "default": ["keywords": ["enter", "join"]]],
            ["id": "pattern-1", "type": "pattern", "default": ["pattern": #"^!(\w+)$"#, "flags": "i"]],
            ["id": "twitch:raid", "type": "event", "default": ["event": "twitch:raid"]],
            ["id": "fixed", "type": "keyword", "default": ["keywords": ["fixed"]], "overridable": false],
            ["id": "reminder", "type": "timer", "default": ["every": 60]], ["id": "moderate", "type": "moderate"],
        ],
        "config_schema": ["points": ["type": "integer", "min": 1, "max": 100, "default": 1]],
        "exempt_roles": ["moderators": true],
    ]

    static func manifest(_ name: String, _ value: JSON?) -> JSON {
        let rest = (manifest.members ?? []).filter { $0.name != name }
        return .object(rest + (value.map { [JSON.Member(name, $0)] } ?? []))
    }
}

/// `path code` of each.
func complaints(_ body: () throws(ValidationFailed) -> Void) -> [String] {
    do throws(ValidationFailed) {
        try body()
        return []
    } catch {
        return error.failures.map { "\($0.path) \($0.code)" }
    }
}
