import ArgumentParser
import Domain
import Foundation

extension Audit {
    /// `botcontrol audit revert POSITION`: brings back what an event has changed, by the running server.
    struct Revert: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bring back what an event has changed, or see what that would do.",
            discussion: """
                History stays: a command is added that makes the changed part what it was before. What others have \
                changed since is only undone with --seen and the revision that --preview has shown.
                """)
        @OptionGroup var directory: DataDirectory
        @Argument(help: "The event's position.") var position: Int
        @Flag(help: "Change nothing: print the command, and what it would change.") var preview = false
        @Option(help: "Why.") var reason: String?
        @Option(help: "The platform's name, when this stops every bot on it.") var confirm: String?
        @Option(help: "The revision that you have seen; refused when it is out of date.") var seen: Int?

        func validate() throws {
            guard position > 0 else { throw ValidationError("the position must be a whole number from 1") }
        }

        func run() async throws {
            try directory.requireJournal()
            guard let server = directory.runningServer() else {
                throw CommandFailure.cannotRun(
                    "no server holds \(directory.data): start it with botcontrol serve, and revert then")
            }
            let client = try ServerClient(server, directory.data), path = "/v1/audit/events/\(position)/revert"
            if preview { return StandardOutput.write(try data(await client.get(path))) }
            let says = [("reason", reason), ("confirm", confirm)].compactMap { name, value in
                value.map { JSON.Member(name, .string($0)) }
            }
            let headers = seen.map { ["If-Match": "\"\($0)\""] } ?? [:]
            StandardOutput.write(try data(await client.post(path, .object(says), headers: headers)))
        }

        private func data(_ answer: String) throws -> String { (try JSONParser.parse(answer)["data"] ?? .null).text }
    }
}
