import Domain
import Foundation

/// A copy of an example, which a test may change.
struct ExampleFolder {
    let path: String

    init(_ name: String, in folder: TemporaryFolder) throws {
        path = folder.path + "/authors/" + name + "-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder.path + "/authors", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: ExtensionCommandTests.example(name), toPath: path)
    }

    /// A module of one command, whose handler is this.
    init(command: String, handler: String, permissions: String, in folder: TemporaryFolder) throws {
        path = folder.path + "/authors/" + command + "-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let manifest = """
            {"extensionId": "\(UUID().uuidString.lowercased())", "name": "\(command)", "description": "A test's.",
             "version": "1.0.0", "category": "bot_module", "main": "main.js", "permissions": \(permissions),
             "visibility": "public",
             "triggers": [{"id": "\(command)", "type": "command",
                           "default": {"prefix": "!", "command": "\(command)", "cooldown": 0}}]}
            """
        let program = """
            import { defineBotModule, command, actions } from "@lumio/bot";
            export default defineBotModule({ triggers: [command("\(command)", \(handler))] });
            """
        try manifest.write(toFile: path + "/lumio.config.json", atomically: true, encoding: .utf8)
        try program.write(toFile: path + "/main.js", atomically: true, encoding: .utf8)
    }

    /// What is to be submitted, unchecked: `extension pack` would see what is wrong with it.
    var bundle: String {
        get throws {
            let names = try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
            let files = names.compactMap { name in
                (try? String(contentsOfFile: path + "/" + name, encoding: .utf8)).map { JSON.Member(name, .string($0)) }
            }
            return JSON.object([JSON.Member("files", .object(files))]).text
        }
    }

    struct NothingToReplace: Error { let words: String, file: String }

    func replace(_ words: String, by others: String, in file: String) throws {
        let text = try String(contentsOfFile: path + "/" + file, encoding: .utf8)
        guard text.contains(words) else { throw NothingToReplace(words: words, file: file) }
        try text.replacing(words, with: others).write(toFile: path + "/" + file, atomically: true, encoding: .utf8)
    }
}
