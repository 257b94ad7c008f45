import ArgumentParser
import Domain
import EventStore
import Foundation
import Privacy
import Runtime
import Transparency

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
            abstract: "Copy the journal to a new file, also while it is in use, and check the copy.",
            discussion: """
                Every event of the copy is hashed anew. The last signed checkpoint goes into TARGET.checkpoint, the \
                bundles of extensions into the folder TARGET.bundles. The keys of personal text stay here, unless you \
                ask for them: who has the copy alone cannot read reasons, names and addresses.
                """)
        @OptionGroup var directory: DataDirectory
        @Argument(help: "The file to make.") var target: String
        @Option(name: .customLong("key"), help: "Whose signature counts: a public key. The directory's own if absent.")
        var keys: [String] = []
        @Flag(help: "Copy the keys of personal text, too, to TARGET.keys: keep that file apart.") var withKeys = false

        func run() throws {
            try directory.requireJournal()
            // Before the journal: what was signed is in the copy then.
            let checkpoint = NearbyCheckpoint.read(directory: directory.data)
            try runOrFail { try Journal.backup(directory: directory.data, to: target) }
            StandardError.write("botcontrol: \(target) holds the journal as of now")
            if let checkpoint {
                let path = BackupDrill.checkpointFile(of: target)
                try runOrFail { try Data(checkpoint.note.bytes).write(to: URL(filePath: path), options: .atomic) }
            }
            // After the journal: a bundle is there before the event that names it.
            try BundleCopy.make(
                from: BundleFiles(directory: directory.data), to: BundleFiles(folder: BundleCopy.folder(of: target)),
                BundleCopy.folder(of: target))
            if withKeys { try KeysCopy.make(directory: directory.data, backup: target) }
            let keys = try keys.isEmpty ? Audit.keysNearby(directory.data) : keys.map(Audit.key)
            let drill = BackupDrill(backup: target, checkpoint: checkpoint, keys: keys)
            let verdict = try runOrFail { try drill.run(progress: ProgressLine("checked")) }
            StandardError.write("botcontrol: \(verdict.text)")
        }
    }

    struct Restore: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Begin a data directory from a backup, as a new epoch, when the backup is as it was recorded.",
            discussion: """
                Every event is hashed anew, and the root held against the signed checkpoint beside the backup, or \
                against one that you have from elsewhere. Read models and Redis notice the new epoch and are made again.
                """)
        @OptionGroup var directory: DataDirectory
        @Argument(help: "The backup.") var backup: String
        @Option(help: "The last position that is wanted; all of them when absent.") var to: Int?
        @Option(help: "A signed checkpoint to hold it against; BACKUP.checkpoint when absent.") var checkpoint: String?
        @Option(name: .customLong("key"), help: "The public key of the log, or of a witness. It can be repeated.")
        var keys: [String] = []

        func validate() throws {
            if let to, to < 0 { throw ValidationError("--to must be a position") }
        }

        func run() throws {
            let verdict = try checked()
            // Before the journal, for the same reason.
            try BundleCopy.make(
                from: BundleFiles(folder: BundleCopy.folder(of: backup)), to: BundleFiles(directory: directory.data),
                directory.data)
            try KeysCopy.bring(backup: backup, directory: directory.data)
            let summary = try runOrFail { try Journal.restore(from: backup, directory: directory.data, to: to) }
            StandardError.write(
                "botcontrol: \(directory.data) begins at position \(summary.position), as epoch \(summary.epoch)")
            guard summary.root == verdict.root else {
                throw CommandFailure.problem("\(directory.data) has another root than the backup: restore again")
            }
            StandardError.write("botcontrol: \(verdict.text)")
        }

        private func checked() throws -> BackupDrill.Verdict {
            let path = checkpoint ?? BackupDrill.checkpointFile(of: backup)
            let nearby = NearbyCheckpoint.read(path)
            if checkpoint != nil, nearby == nil {
                throw CommandFailure.cannotRun("\(path) holds no signed checkpoint: name another with --checkpoint")
            }
            let drill = BackupDrill(backup: backup, checkpoint: nearby, keys: try keys.map(Audit.key))
            return try runOrFail { try drill.run(to: to, progress: ProgressLine("checked")) }
        }
    }
}

/// The keys of personal text, which no backup has unless it was asked for.
private enum KeysCopy {
    private static func file(of backup: String) -> String { backup + ".keys" }

    static func make(directory: String, backup: String) throws {
        guard try runOrFail({ try PersonalKeys.copy(from: directory, to: file(of: backup)) }) else {
            return StandardError.write("botcontrol: there are no keys of personal text to copy")
        }
        StandardError.write("botcontrol: \(file(of: backup)) holds the keys of personal text: keep it apart")
    }

    static func bring(backup: String, directory: String) throws {
        if try runOrFail({ try PersonalKeys.bring(file(of: backup), to: directory) }) { return }
        StandardError.write(
            """
            botcontrol: there is no \(file(of: backup)): what was said of persons stays sealed, unless you bring \
            \(PersonalKeys.fileName) of the former directory
            """)
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
