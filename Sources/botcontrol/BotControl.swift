import ArgumentParser

/// The one executable: everything that can be done with Bot Control from a shell.
@main
struct BotControl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "botcontrol",
        abstract: "The switchboard for every chat bot: pause, halt, configure, and prove what was switched.",
        discussion: """
            Every option can also be given as BOTCONTROL_<OPTION> in the environment. Data goes to standard output, \
            everything else to standard error. Exit codes: 0 done, 1 the check found a problem, 2 wrong usage, \
            3 cannot run.
            """,
        version: "0.1.0",
        subcommands: [
            Serve.self, WorkerCommand.self, Token.self, ProjectionsCommand.self, JournalCommand.self, Audit.self,
            WitnessCommand.self, BacktestCommand.self, ExtensionCommand.self, SandboxCommand.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot(Environment.arguments(CommandLine.arguments, ProcessEnvironment.current))
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as CommandFailure {
            error.exit()
        } catch let error as ExitCode {
            exit(withError: error)
        } catch {
            let code = exitCode(for: error)
            guard code != .success else { exit(withError: error) }
            let text = fullMessage(for: error)
            StandardError.write(text)
            exit(withError: code == .validationFailure ? ExitCode(2) : ExitCode(3))
        }
    }
}
