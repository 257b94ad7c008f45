import ArgumentParser
import Worker

/// `botcontrol backtest`: what settings would do to chat of the past; no server is needed, and nothing is sent.
struct BacktestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest", abstract: "Try settings on chat of the past.",
        discussion: """
            Prints one JSON line per message that is hit; with --against one per message that the two settings treat \
            differently. The time is that at which each message was sent. A summary goes to standard error.
            """)

    @Option(help: "The settings: {\"link_protection\": {\"enabled\", \"config\", \"exempt_roles\"}, …}.")
    var settings: String
    @Option(help: "Settings to compare with.") var against: String?
    @Option(help: "The chat, a message a line; - for standard input.") var input: String
    @Option(help: "ndjson, or irc: Twitch's lines with tags.") var format = ChatFormat.ndjson
    @Flag(help: "Print every message.") var all = false
    @Flag(help: "Print the summary as JSON.") var json = false

    func run() async throws {
        let run = try BacktestRun(
            SettingsFile(settings), against: against.map { try SettingsFile($0) }, input: input, format,
            printsAll: all)
        do {
            try await LineFile(input).read { run.read($0, $1) }
        } catch let error as LineFile.Unreadable {
            throw CommandFailure.cannotRun("\(error): name the chat with --input")
        }
        run.finish(asJSON: json)
    }
}
