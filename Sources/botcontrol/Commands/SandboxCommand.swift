import ArgumentParser
import Sandbox

/// The program of the processes that run extensions. A worker starts it; people have no use for it.
struct SandboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "Runs extensions' code for a worker, which starts it.", shouldDisplay: false)

    @Argument var task: [String] = []

    func run() {
        SandboxChild.run(arguments: task)
    }
}
