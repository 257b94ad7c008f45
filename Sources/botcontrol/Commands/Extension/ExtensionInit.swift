import ArgumentParser
import Domain
import Extensions
import Foundation
import Sandbox

/// `botcontrol extension init`: a folder to begin with, which can be run and submitted as it is.
struct ExtensionInit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a folder with a manifest and a module to begin with.")

    @Argument(help: "The folder: made when there is none.") var directory: String
    @Option(help: "What people will call it.") var name = "My bot module"

    func run() throws {
        let manager = FileManager.default
        try runOrFail { try manager.createDirectory(atPath: directory, withIntermediateDirectories: true) }
        let files = [
            (ExtensionBundle.manifestPath, manifest), ("main.js", Self.module),
            ("lumio-bot.d.ts", AuthorModule.typings),
        ]
        let taken = files.map { "\(directory)/\($0.0)" }.filter { manager.fileExists(atPath: $0) }
        guard taken.isEmpty else {
            throw CommandFailure.cannotRun("\(taken.joined(separator: ", ")) is there already: name another folder")
        }
        for (file, text) in files {
            try runOrFail {
                try Data(text.utf8).write(to: URL(filePath: "\(directory)/\(file)"), options: .withoutOverwriting)
            }
        }
        StandardError.write("botcontrol: try it: botcontrol extension run \(directory) --input chat.ndjson")
    }

    private var manifest: String {
        """
        {
          "extensionId": "\(UUID().uuidString.lowercased())",
          "name": \(JSON.string(name).text),
          "description": "Greets whoever asks for it.",
          "version": "0.1.0",
          "category": "bot_module",
          "main": "main.js",
          "permissions": ["chat:send"],
          "visibility": "private",
          "triggers": [
            { "id": "hello", "type": "command", "default": { "prefix": "!", "command": "hello", "cooldown": 5 } }
          ],
          "config_schema": {
            "greeting": { "type": "string", "label": "Greeting", "default": "Hello", "max_length": 100 }
          }
        }

        """
    }

    private static let module = """
        import { defineBotModule, command, actions } from "@lumio/bot";

        export default defineBotModule({
          triggers: [
            command("hello", (ctx) => actions.reply(`${ctx.config.greeting}, ${ctx.user.name}!`), { cooldown: 5 }),
          ],
        });

        """
}
