import ArgumentParser
import Domain
import EventStore
import Foundation
import Runtime

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
            abstract: "Copy the journal to a new file, also while it is in use.",
            discussion: "The bundles of extensions go into the folder TARGET.bundles beside it.")
        @OptionGroup var directory: DataDirectory
        @Argument(help: "The file to make.") var target: String

        func run() throws {
            try directory.requireJournal()
            try runOrFail { try Journal.backup(directory: directory.data, to: target) }
            StandardError.write("botcontrol: \(target) holds the journal as of now")
            // After the journal: a bundle is there before the event that names it.
            try BundleCopy.make(
                from: BundleFiles(directory: directory.data), to: BundleFiles(folder: BundleCopy.folder(of: target)),
                BundleCopy.folder(of: target))
        }
    }

    struct Restore: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Begin a data directory from a backup, as a new epoch.",
            discussion: "Read models and Redis notice the new epoch and are made again.")
        @OptionGroup var directory: DataDirectory
        @Argument(help: "The backup.") var backup: String

        func run() throws {
            // Before the journal, for the same reason.
            try BundleCopy.make(
                from: BundleFiles(folder: BundleCopy.folder(of: backup)), to: BundleFiles(directory: directory.data),
                directory.data)
            let summary = try runOrFail { try Journal.restore(from: backup, directory: directory.data) }
            StandardError.write(
                "botcontrol: \(directory.data) begins at position \(summary.position), as epoch \(summary.epoch)")
        }
    }
}

/// The bundles of extensions, which belong to a journal and lie beside it.
private enum BundleCopy {
    static func folder(of backup: String) -> String { backup + ".bundles" }

    static func make(from source: BundleFiles, to target: BundleFiles, _ place: String) throws {
        let result = try runOrFail { try target.take(all: source) }
        if result.copied > 0 {
            StandardError.write("botcontrol: \(place) holds \(result.copied) bundles of extensions, too")
        }
        for digest in result.damaged {
            StandardError.write(
                "botcontrol: the bundle \(digest) is damaged and was left behind: submit the same version again")
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
