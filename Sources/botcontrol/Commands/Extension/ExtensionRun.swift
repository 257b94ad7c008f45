import ArgumentParser
import Domain
import Extensions
import Foundation
import Sandbox
import Worker

/// `botcontrol extension run`: a bot module on a chat, without any server. Nothing is done about what it wants.
struct ExtensionRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a bot module on a chat, and show what it wants done and what it logs.",
        discussion: """
            Prints a line of JSON for every handler that was called: {trigger, message_id, user, text, actions, \
            problems, log, microseconds}. The sandbox is the real one, what the module keeps is forgotten at the end, \
            and timers go by the times of the chat. A line {"event": "twitch:raid", "user": {…}, "data": {…}} is an \
            event. \
            Exit code 1 when a handler failed or wanted what it may not.
            """)

    @Argument(help: "The module's folder.") var directory: String
    @Option(help: "The chat: a file, or - for standard input.") var input: String
    @Option(help: "How its lines are written: ndjson or irc.") var format = ChatFormat.ndjson
    @Option(help: "Whose channel it is, where the lines do not say.") var account = "account"
    @Option(help: "A file with settings as JSON; the manifest's defaults fill the rest.") var config: String?

    func validate() throws {
        if AccountID(rawValue: account) == nil { throw ValidationError("--account \(account): it \(AccountID.rule)") }
    }

    func run() async throws {
        let tried = try TriedExtension(ExtensionFolder(path: directory)), requests = RequestPurses(),
            fetcher = Fetcher()
        let document = Holder<ExtensionInstallDocument>()
        let host = ExtensionHost(
            install: { _ in document.value }, keyValues: MemoryKeyValues(), fetcher: fetcher, requests: requests)
        let pool = SandboxPool(LocalSandbox.options(children: 1), hosting: host) {
            StandardError.write("botcontrol: \($0)")
        }
        defer { pool.close() }
        document.value = try await tried.load(config: try settings(), into: pool)
        guard let install = document.value else { return }
        let run = ExtensionRehearsal(install, runner: pool, requests: requests)
        let problems = try await rehearse(run)
        await fetcher.close()
        guard problems == 0 else { throw CommandFailure.problem("\(problems) calls had problems: see their lines") }
    }

    private func settings() throws -> JSON {
        guard let config else { return .emptyObject }
        guard let data = FileManager.default.contents(atPath: config) else {
            throw CommandFailure.cannotRun("--config \(config) cannot be read: is it there, and yours?")
        }
        do {
            return try JSONParser.parse(Array(data))
        } catch {
            throw CommandFailure.usage("--config \(config) is not JSON: \(error)")
        }
    }

    /// - Returns: how many calls had problems.
    private func rehearse(_ run: ExtensionRehearsal) async throws -> Int {
        let unreadable = UnreadableLines(of: input), account = AccountID(stored: account)
        var problems = 0
        for try await line in lines {
            let calls: [ExtensionRehearsal.Call]
            do {
                if let event = try RehearsedEvent(line.1, account: account).event {
                    calls = await run.take(event)
                } else if let message = try format.message(line.1, account: account) {
                    calls = await run.take(message)
                } else {
                    continue
                }
            } catch {
                unreadable.add(line.0, error)
                continue
            }
            for call in calls { StandardOutput.write(call.jsonLine) }
            problems += calls.count { !$0.problems.isEmpty }
        }
        unreadable.sum()
        return problems
    }

    /// One after the other, however long a handler takes: a file is read no faster than that.
    private var lines: AsyncThrowingStream<(Int, LineFile.Line), any Error> {
        AsyncThrowingStream(bufferingPolicy: .unbounded) { [input] sink in
            let reading = Task {
                do {
                    try await LineFile(input).read { sink.yield(($0, $1)) }
                    sink.finish()
                } catch {
                    sink.finish(throwing: CommandFailure.cannotRun("\(error)"))
                }
            }
            sink.onTermination = { _ in reading.cancel() }
        }
    }
}
