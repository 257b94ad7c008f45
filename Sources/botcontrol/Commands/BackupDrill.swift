import EventStore
import Foundation
import Transparency

/// Whether a copy of a journal is what was recorded: every event is hashed anew, and the root held against a signed
/// checkpoint that lies beside it.
struct BackupDrill {
    /// Where the log's last word travels with a backup.
    static func checkpointFile(of backup: String) -> String { backup + ".checkpoint" }

    let backup: String
    /// nil: no checkpoint is known, and the copy is only held against itself.
    let checkpoint: SignedCheckpoint?
    let keys: [NoteKey]

    struct Verdict {
        /// Positions up to which all is as it was recorded.
        let position: Int
        let root: Hash
        /// Who has signed it; empty when nobody has, or when no key was given.
        let signers: [NoteKey]
        let isCovered: Bool

        var text: String {
            let names = signers.map(\.name).joined(separator: ", ")
            let proof =
                switch (isCovered, signers.isEmpty) {
                case (false, _): "by its own hashes: no signed checkpoint was at hand"
                case (true, true): "as a checkpoint has it, whose signature was not checked: give --key"
                case (true, false): "as \(names) signed"
                }
            return "intact to position \(position), \(proof); root \(root.base64)"
        }
    }

    /// - Parameter last: nothing after it matters; nil for all.
    /// - Throws: `CommandFailure.problem` that names what is wrong.
    func run(to last: Int? = nil, progress: ProgressLine) throws -> Verdict {
        let journal = try JournalReader(path: backup)
        let head = journal.head, wanted = last ?? head
        guard wanted <= head else { throw JournalError.noSuchPosition(wanted, head: head) }
        let covered = checkpoint.flatMap { $0.checkpoint.size <= head ? $0.checkpoint : nil }
        if let checkpoint, covered == nil {
            throw CommandFailure.problem(
                "\(backup) ends at position \(head), and \(checkpoint.checkpoint.size) events were signed before: "
                    + "take a newer backup")
        }
        var options = Verification.Options()
        options.rootsAt = Set([wanted] + (covered.map { [$0.size] } ?? []))
        let outcome = try Verification(journal, tiles: nil, options: options).run { progress.show($0, of: $1) }
        progress.clear()
        try refuse(outcome.findings.filter { ($0.position ?? 0) <= wanted || last == nil }, wanted)
        if let covered, outcome.roots[covered.size] != covered.root {
            throw CommandFailure.problem(
                "the first \(covered.size) events of \(backup) are not those that \(covered.origin) has signed")
        }
        let signers = try signers()
        let proven = covered.map { min($0.size, wanted) }
        return Verdict(
            position: covered == nil ? wanted : proven ?? 0, root: outcome.roots[wanted] ?? outcome.root,
            signers: signers, isCovered: covered != nil)
    }

    private func signers() throws -> [NoteKey] {
        guard let checkpoint, !keys.isEmpty else { return [] }
        do throws(NoteError) { return try checkpoint.note.verified(by: keys) } catch {
            throw CommandFailure.problem("\(error)")
        }
    }

    private func refuse(_ findings: [Finding], _ wanted: Int) throws {
        guard let first = findings.first else { return }
        for finding in findings { StandardOutput.write(finding.description) }
        let advice = first.position.map { "; everything before can be had with --to \($0 - 1)" } ?? ""
        throw CommandFailure.problem("\(backup) is not as it was recorded: \(findings.count) findings\(advice)")
    }
}

/// The newest signed checkpoint of a data directory; of two of the same size, the one that witnesses have signed, too.
enum NearbyCheckpoint {
    static func read(directory: String) -> SignedCheckpoint? {
        let folder = directory + "/" + MerkleLog.folderName
        return [MerkleLog.cosignedName, MerkleLog.checkpointName].compactMap { read(folder + "/" + $0) }
            .max { $0.checkpoint.size < $1.checkpoint.size }
    }

    /// nil when there is none, or none that can be read.
    static func read(_ path: String) -> SignedCheckpoint? {
        guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
        return try? SignedCheckpoint(Array(bytes))
    }
}
