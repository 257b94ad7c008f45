import ArgumentParser
import Domain
import EventStore
import Foundation
import Projections
import Server

extension Audit {
    /// Where the history is read, and at which moment.
    struct Past {
        let history: History
        let journal: JournalReader

        init(_ directory: DataDirectory) throws {
            try directory.requireJournal()
            journal = try runOrFail { try JournalReader.opening(directory.data) }
            history = try runOrFail { [journal] in
                History(journal: journal, epoch: try journal.epoch(), directory: directory.data)
            }
        }

        /// - Parameter text: nil for the journal's end.
        func position(_ text: String?, _ option: String) throws -> Int {
            guard let text else { return journal.head }
            let moment = try Audit.moment(text, option)
            do {
                return try history.position(of: moment, now: WallClock.system.now)
            } catch let error as NotYet {
                throw CommandFailure.problem("\(option): \(error)")
            } catch {
                throw CommandFailure.cannotRun("\(error)")
            }
        }
    }

    /// `botcontrol audit state`: what was so, at any moment.
    struct State: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the documents as they were right after a position, or at a moment.",
            discussion: """
                One line of JSON for every document, {"kind", "key", "value"}; with --stream that document alone. \
                Reads the data directory, also beside a running server.
                """)
        @OptionGroup var directory: DataDirectory
        @Option(help: "Only this stream's document, for example bot-acct_1:twitch.") var stream: String?
        @Option(help: "Only the documents of this account.") var account: String?
        @Option(help: "As of this position, or of this moment (RFC 3339); now when absent.") var at: String?
        @Flag(help: "Print the position and the digest of all documents instead.") var digest = false

        func run() throws {
            let past = try Past(directory)
            let position = try past.position(at, "--at")
            let account = try account.map(Audit.account)
            if let stream { return try tell(try Audit.stream(stream), past, position) }
            try runOrFail {
                try past.history.read(at: position) { readModels in
                    if digest { return StandardOutput.write("\(position) \(try readModels.digest())") }
                    try readModels.entries(account.map { .account($0) } ?? .everything) { entry in
                        StandardOutput.write(entry.line)
                    }
                }
            }
        }

        private func tell(_ stream: StreamID, _ past: Past, _ position: Int) throws {
            let events = try runOrFail { try past.journal.events(of: [stream], after: 0, through: position) }
            guard !events.isEmpty else {
                throw CommandFailure.problem("\(stream) has no events\(at.map { " up to \($0)" } ?? "")")
            }
            let document = try runOrFail { try past.history.documents(of: [stream], at: position)[0] }
            StandardOutput.write(document.map { String(decoding: $0, as: UTF8.self) } ?? "null")
        }
    }

    /// `botcontrol audit diff`: what two moments do not share, and what caused it.
    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print which documents two moments do not share, field by field, and which events caused it.")
        @OptionGroup var directory: DataDirectory
        @Option(help: "The older moment: a position, or RFC 3339.") var from: String
        @Option(help: "The newer one; now when absent.") var to: String?
        @Option(help: "Only documents of this account.") var account: String?
        @Option(help: "Only this stream's document, for example bot-acct_1:twitch.") var stream: String?
        @Flag(help: "Print JSON lines.") var json = false

        func run() throws {
            let past = try Past(directory)
            let first = try past.position(from, "--from"), last = try past.position(to, "--to")
            guard first <= last else { throw CommandFailure.usage("--from must not come after --to") }
            let filter = EventFilter(
                stream: try stream.map(Audit.stream), account: try account.map { try Audit.account($0).rawValue })
            let found = try runOrFail {
                try past.history.differences(from: first, to: last, filter, eventsMax: 1_000_000)
            }
            for document in found.documents {
                if json {
                    StandardOutput.write(document.jsonLine)
                } else {
                    document.lines.forEach(StandardOutput.write)
                }
            }
            let events = found.events == 1 ? "1 event" : "\(found.events) events"
            let documents = found.total == 1 ? "1 document" : "\(found.total) documents"
            StandardError.write("\(events) after position \(first) and through \(last) touched \(documents)")
        }
    }
}

extension FeedEntry {
    fileprivate var line: String {
        var writer = JSONWriter()
        writer.object { object in
            object.member("kind", kind.rawValue)
            object.member("key", key)
            object.name("value")
            object.raw(value)
        }
        return writer.text
    }
}

extension FieldChange {
    /// As in "config.action: timeout → ban".
    var line: String {
        let name = path.isEmpty ? "" : "\(path): "
        return "\(name)\(before?.words ?? "not there") \u{2192} \(after?.words ?? "not there")"
    }

    func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("path", path)
            object.name("before")
            object.raw((before ?? .null).bytes)
            object.name("after")
            object.raw((after ?? .null).bytes)
        }
    }
}

extension DocumentHistory {
    fileprivate var lines: [String] {
        let words: String
        switch change {
        case .added: words = "is new"
        case .removed: words = "is gone"
        case .changed: words = "is another one"
        case .same: words = "ended as it began"
        }
        let fields = change == .changed ? changes.filter { !$0.isBookkeeping } : []
        return ["\(stream) \(words)".printable] + fields.map { "    " + $0.line.printable }
            + events.map { "  " + $0.line }
    }

    fileprivate var jsonLine: String {
        var writer = JSONWriter()
        encode(into: &writer)
        return writer.text
    }
}
