import ArgumentParser
import Domain
import EventStore
import Foundation
import Projections
import Server

extension Audit {
    /// `botcontrol audit replay`: what has happened, told.
    struct Replay: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell the history, an event a line, oldest first.",
            discussion: """
                With --without POSITION it tells what would be otherwise if that one event had not happened. Nothing \
                is written: the history is told again beside itself.
                """)
        @OptionGroup var directory: DataDirectory
        @OptionGroup var selection: Selection
        @Option(help: "Only what concerns this platform.") var platform: String?
        @Option(help: "Tell what would be otherwise without the event at this position.") var without: Int?
        @Flag(help: "Go on with what happens from here on, until you stop it.") var follow = false
        @Flag(help: "Print JSON lines.") var json = false

        func validate() throws {
            if without != nil, follow {
                throw ValidationError("--without tells one thing: it does not go with --follow")
            }
        }

        func run() throws {
            try directory.requireJournal()
            let platform = try platform.map(Audit.platform)
            let journal = try runOrFail { try JournalReader.opening(directory.data) }
            if let without { return try tell(without, journal) }
            var filter = try runOrFail { try selection.filter(journal) }
            while true {
                // Read before the events, so that none is passed over.
                let head = journal.head
                try runOrFail {
                    try journal.forEachPage(filter) { events in
                        for event in events where event.concerns(platform) { write(event) }
                    }
                }
                guard follow, filter.last > head else { return }
                filter.first = max(filter.first, head + 1)
                while journal.head <= head { Thread.sleep(forTimeInterval: Self.pauseSeconds) }
            }
        }

        private static let pauseSeconds = 0.2

        private func write(_ event: RecordedEvent) {
            StandardOutput.write(json ? event.jsonLine : event.line)
        }

        private func tell(_ position: Int, _ journal: JournalReader) throws {
            guard let whatIf = try runOrFail({ try WhatIf(position, journal) }) else {
                throw CommandFailure.problem(
                    "there is no event at position \(position) that anything follows from: the journal ends at "
                        + "\(journal.head)")
            }
            if json { return StandardOutput.write(whatIf.jsonLine) }
            for line in whatIf.lines { StandardOutput.write(line) }
        }
    }

    static func platform(_ name: String) throws -> Platform {
        guard let platform = Platform(rawValue: name) else {
            throw CommandFailure.usage(
                "--platform \(NotAllowed.message(name, among: Platform.allCases.map(\.rawValue)))")
        }
        return platform
    }
}

extension RecordedEvent {
    /// Of that platform's own stream, or of a bot there.
    fileprivate func concerns(_ platform: Platform?) -> Bool {
        guard let platform else { return true }
        return stream.key == platform.rawValue || stream.key.hasSuffix(":\(platform.rawValue)")
    }

    fileprivate var jsonLine: String {
        var writer = JSONWriter()
        encode(into: &writer)
        return writer.text
    }

    /// For people: which, when, who, what, why, and through which door.
    var line: String {
        let story = story
        let who = story.actorID.map { $0 == story.actor ? $0 : "\(story.actor) (\($0))" } ?? story.actor
        let why = story.reason.map { ": \u{201C}\($0)\u{201D}" } ?? ""
        let door = story.source.map { "  [\($0)]" } ?? ""
        let moment = Timestamp(microseconds: recordedAt)
        return "\(position)  \(moment)  \(who) \(story.sentence)\(why)\(door)".printable
    }
}

extension String {
    /// Nothing of what somebody else wrote may steer the terminal.
    var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
                    default: scalar
                    }
                }))
    }
}

extension WhatIf {
    fileprivate var lines: [String] {
        var lines = ["Without this event:", "  " + event.line]
        let told = changes.filter { !$0.isBookkeeping }
        lines +=
            told.isEmpty ? ["nothing would be otherwise in \(event.stream) now."] : ["\(event.stream) would now be:"]
        lines += told.map { "  " + $0.line.printable }
        if !inapplicable.isEmpty {
            lines.append("These later events could not have happened:")
            for later in inapplicable { lines += ["  " + later.event.line, "    since \(later.reason)".printable] }
        }
        if !needless.isEmpty {
            lines.append("These later events would have changed nothing:")
            lines += needless.map { "  " + $0.line }
        }
        return lines
    }

    fileprivate var jsonLine: String {
        var writer = JSONWriter()
        writer.object { object in
            object.member("position", event.position)
            object.member("stream", event.stream.description)
            object.name("now")
            object.raw((actual ?? .null).bytes)
            object.name("without")
            object.raw((without ?? .null).bytes)
            object.name("fields")
            object.array { array in changes.forEach { $0.encode(into: &array) } }
            object.name("inapplicable")
            object.array { array in
                for later in inapplicable {
                    array.object {
                        $0.member("position", later.event.position)
                        $0.member("reason", later.reason)
                    }
                }
            }
            object.name("needless")
            object.array { array in needless.forEach { array.raw("\($0.position)".utf8) } }
        }
        return writer.text
    }
}
