import ArgumentParser
import Domain
import EventStore
import Foundation
import Projections
import Server

/// `botcontrol audit`: the history, for people who must answer for it. Reads the journal also while it is in use.
struct Audit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read the history, and prove it.",
        subcommands: [
            Replay.self, State.self, Export.self, Verify.self, VerifyProof.self, Proof.self, CheckpointCommand.self,
            RotateKey.self, Revert.self,
        ])

    /// Which events are wanted.
    struct Selection: ParsableArguments {
        @Option(help: "Only this stream, for example bot-acct_1:twitch.") var stream: String?
        @Option(help: "Only streams of this kind: account, provider, bot or bot_module.") var category: String?
        @Option(help: "Only streams of this account.") var account: String?
        @Option(help: "Only what this actor did, by id.") var actor: String?
        @Option(help: "Only events of this type, for example bot.paused.") var type: String?
        @Option(help: "Anywhere in the event; letters of either case.") var text: String?
        @Option(help: "Recorded at this moment (RFC 3339) or later.") var from: String?
        @Option(help: "Recorded before this moment (RFC 3339).") var to: String?

        func filter(_ journal: JournalReader) throws -> EventFilter {
            var filter = EventFilter(
                category: try category.map { try checked($0, among: Category.allCases.map(\.rawValue), "--category") },
                types: type.map { [$0] }, account: account, actor: actor, text: text)
            if let stream {
                filter.stream = StreamID(name: stream)
                if filter.stream == nil {
                    throw CommandFailure.notAStream(stream)
                }
            }
            if let from {
                filter.first = try journal.firstPosition(recordedAtOrAfter: moment(from, "--from").microseconds)
            }
            if let to {
                filter.last = try journal.firstPosition(recordedAtOrAfter: moment(to, "--to").microseconds) - 1
            }
            return filter
        }

        private func checked(_ value: String, among allowed: [String], _ option: String) throws -> String {
            guard allowed.contains(value) else {
                throw CommandFailure.usage("\(option) \(NotAllowed.message(value, among: allowed))")
            }
            return value
        }

        private func moment(_ text: String, _ option: String) throws -> Timestamp {
            guard let moment = Timestamp(text) else {
                throw CommandFailure.usage("\(option) \(text) is not a moment: write for example 2026-11-21T18:00:00Z")
            }
            return moment
        }
    }

    struct Replay: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Tell the history, an event a line, oldest first.")
        @OptionGroup var directory: DataDirectory
        @OptionGroup var selection: Selection
        @Flag(help: "Print JSON lines.") var json = false

        func run() throws {
            try directory.requireJournal()
            let journal = try runOrFail { try JournalReader.opening(directory.data) }
            try runOrFail {
                try journal.forEachPage(selection.filter(journal)) { events in
                    for event in events { StandardOutput.write(json ? event.jsonLine : event.line) }
                }
            }
        }
    }

    struct State: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the state of one stream, now or as of a position.")
        @OptionGroup var directory: DataDirectory
        @Option(help: "The stream, for example bot-acct_1:twitch.") var stream: String
        @Option(help: "As of this position; the last one when absent.") var at: Int?

        func run() throws {
            try directory.requireJournal()
            guard let id = StreamID(name: stream) else {
                throw CommandFailure.notAStream(stream)
            }
            let journal = try runOrFail { try JournalReader.opening(directory.data) }
            let events = try runOrFail { try journal.readStream(id) }.filter { $0.position <= at ?? .max }
            guard !events.isEmpty else {
                throw CommandFailure.problem("\(stream) has no events\(at.map { " up to position \($0)" } ?? "")")
            }
            let document = try runOrFail { try StreamState.document(of: events) }
            StandardOutput.write(document.map { String(decoding: $0, as: UTF8.self) } ?? "null")
        }
    }
}

extension CommandFailure {
    fileprivate static func notAStream(_ name: String) -> CommandFailure {
        .usage("--stream \(name) is not a stream: write for example bot-acct_1:twitch")
    }
}

extension RecordedEvent {
    fileprivate var jsonLine: String {
        var writer = JSONWriter()
        encode(into: &writer)
        return writer.text
    }

    /// For people: when, what, to what, by whom, with which data.
    fileprivate var line: String {
        let metadata = try? JSONParser.parse(metadata)
        let actor = metadata?["personal"]?["display"]?.string ?? metadata?["actor"]?["id"]?.string ?? "?"
        let moment = Timestamp(microseconds: recordedAt)
        return "\(position)  \(moment)  \(type)  \(stream)  by \(actor)  \(String(decoding: data, as: UTF8.self))"
    }
}
