import ArgumentParser

/// `botcontrol extension`: what authors of bot modules need.
struct ExtensionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extension", abstract: "Write, try out, pack and submit a bot module.",
        discussion: "docs/extensions.md is the guide, Examples/ holds three whole modules.",
        subcommands: [
            ExtensionInit.self, ExtensionCheck.self, ExtensionRun.self, ExtensionPack.self, ExtensionSubmit.self,
        ])
}
