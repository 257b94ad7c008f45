import ArgumentParser
import Domain
import EventStore
import Foundation
import Projections
import Transparency

extension Audit {
    /// `botcontrol audit verify`: everything that is stored, hashed anew and compared.
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hash every event anew, and compare it with the tree, the checkpoints and the read models.",
            discussion: """
                It reads only, also beside a running server. Ends with 0 when all is as it was recorded, and with 1 \
                when something is not: every finding is a line that names the position.
                """)
        @OptionGroup var directory: DataDirectory
        @Option(name: .customLong("key"), help: "Whose signatures count: a public key. The directory's own if absent.")
        var keys: [String] = []
        @Flag(help: "Only what has come since the last check that found nothing.") var incremental = false
        @Flag(help: "Leave the read models alone.") var noReadModels = false
        @Flag(help: "Print JSON.") var json = false

        func run() throws {
            try directory.requireJournal()
            let keys = try keys.map(Audit.key)
            let progress = ProgressLine("checked")
            var report = try opened {
                try DirectoryVerification(directory: directory.data, keys: keys, isIncremental: incremental)
                    .run { progress.show($0, of: $1) }
            }
            if !noReadModels, !incremental, report.findings.isEmpty { try checkReadModels(&report, progress) }
            progress.clear()
            try tell(report)
        }

        /// A file that is damaged so much that it cannot be opened is what was looked for.
        private func opened<Value>(_ body: () throws -> Value) throws -> Value {
            do { return try body() } catch let error as JournalError {
                switch error {
                case .notAJournal, .storageFailed: throw CommandFailure.problem("\(error)")
                default: throw CommandFailure.cannotRun("\(error)")
                }
            } catch {
                throw CommandFailure.cannotRun("\(error)")
            }
        }

        private func checkReadModels(_ report: inout DirectoryVerification.Report, _ progress: ProgressLine) throws {
            let scratch = NSTemporaryDirectory() + "/botcontrol-verify-\(UUID().uuidString)"
            let outcome = try runOrFail {
                try ReadModelsCheck.run(
                    directory: directory.data, journal: JournalReader.opening(directory.data),
                    isServed: directory.isHeld, scratch: scratch
                ) { progress.show($0, of: $1) }
            }
            guard case .compared(let position, let differences) = outcome else {
                return report.notices.append("there are no read models to compare: the next start makes them")
            }
            report.outcome.findings += differences.map { difference in
                Finding(
                    .readModels,
                    "\(difference.table) at position \(position), \(difference.side.rawValue): "
                        + difference.row.joined(separator: " ") + "; run botcontrol projections rebuild")
            }
        }

        private func tell(_ report: DirectoryVerification.Report) throws {
            if json {
                var writer = JSONWriter()
                report.encode(into: &writer)
                StandardOutput.write(writer.text)
            } else {
                for finding in report.findings { StandardOutput.write(finding.description) }
            }
            for notice in report.notices { StandardError.write("botcontrol: \(notice)") }
            let count = report.findings.count
            guard count == 0 else {
                let findings = count == 1 ? "1 finding" : "\(count) findings"
                throw CommandFailure.problem("\(findings): the history is not as it was recorded")
            }
            StandardError.write("botcontrol: \(report.summary)")
        }
    }

    /// The public key that lies beside a journal.
    static func keysNearby(_ directory: String) -> [NoteKey] {
        let path = directory + "/" + LogKeyFile.publicName
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
        return (try? NoteKey(text.trimmingCharacters(in: .newlines))).map { [$0] } ?? []
    }

    static func key(_ text: String) throws -> NoteKey {
        do { return try NoteKey(text) } catch { throw CommandFailure.usage("--key \(error)") }
    }
}

extension DirectoryVerification.Report {
    var summary: String {
        let events =
            outcome.after == 0
            ? "all \(outcome.through) events" : "positions \(outcome.after + 1) to \(outcome.through)"
        let rate = seconds > 0 ? Int(Double(outcome.through - outcome.after) / seconds) : 0
        var text = "\(events) are as they were recorded (\(rate) a second), root \(outcome.root.base64)"
        if let checkpoint {
            text += "; the first \(checkpoint.size) are signed by \(signers.map(\.name).joined(separator: ", "))"
        }
        return text
    }
}

/// How far a long work has come, on a terminal alone.
final class ProgressLine: @unchecked Sendable {
    private let verb: String
    private let isTerminal = isatty(2) == 1
    private let lock = NSLock()
    private var shown = -1

    init(_ verb: String) {
        self.verb = verb
    }

    func show(_ count: Int, of total: Int) {
        guard isTerminal, total > 0 else { return }
        lock.withLock {
            let percent = count * 100 / total
            guard percent > shown || count < total / 100 else { return }
            shown = percent
            FileHandle.standardError.write(Data("\r\u{1B}[K\(verb) \(count) of \(total) (\(percent) %)".utf8))
        }
    }

    func clear() {
        guard isTerminal else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
    }
}
