import ArgumentParser
import Domain
import EventStore
import Foundation

/// `botcontrol journal`: what the journal holds, and copies of it.
struct JournalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal", abstract: "Describe, back up or restore the journal.",
        subcommands: [Info.self, Backup.self, Restore.self])

    struct Info: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print what the journal holds.")
        @OptionGroup var directory: DataDirectory
        @Flag(help: "Print JSON.") var json = false

        func run() throws {
            try directory.requireJournal()
            let summary = try runOrFail { try Journal.summary(directory: directory.data) }
            StandardOutput.write(json ? summary.json.text : summary.text)
        }
    }

    struct Backup: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copy the journal to a new file, also while it is in use.")
        @OptionGroup var directory: DataDirectory
        @Argument(help: "The file to make.") var target: String

        func run() throws {
            try directory.requireJournal()
            try runOrFail { try Journal.backup(directory: directory.data, to: target) }
            StandardError.write("botcontrol: \(target) holds the journal as of now")
        }
    }

    struct Restore: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Begin a data directory from a backup, as a new epoch.",
            discussion: "Read models and Redis notice the new epoch and are made again.")
        @OptionGroup var directory: DataDirectory
        @Argument(help: "The backup.") var backup: String

        func run() throws {
            let summary = try runOrFail { try Journal.restore(from: backup, directory: directory.data) }
            StandardError.write(
                "botcontrol: \(directory.data) begins at position \(summary.position), as epoch \(summary.epoch)")
        }
    }
}

extension Journal.Summary {
    var json: JSON {
        [
            "epoch": .string(epoch), "position": .integer(position), "streams": .integer(streams),
            "root": .string(root.description), "first_recorded_at": moment(firstRecordedAt),
            "last_recorded_at": moment(lastRecordedAt), "size_bytes": .integer(sizeBytes),
        ]
    }

    private func moment(_ microseconds: Int?) -> JSON {
        microseconds.map { .string(Timestamp(microseconds: $0).description) } ?? .null
    }

    var text: String {
        (json.members ?? []).map { member in
            let value = member.value.string ?? member.value.text
            return member.name.padding(toLength: 18, withPad: " ", startingAt: 0) + value
        }.joined(separator: "\n")
    }
}
