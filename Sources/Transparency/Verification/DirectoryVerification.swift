import Domain
import EventStore
import Foundation

/// The check of a data directory: its journal, the tree beside it, and what was signed.
///
/// It reads only, and beside a server that writes: what comes in meanwhile is left for the next time.
package struct DirectoryVerification: Sendable {
    static let verifiedName = "verified"

    package struct Report: Sendable {
        package var outcome: Verification.Outcome
        package let isIncremental: Bool
        /// The last signed checkpoint that the events lead to, and the keys that have signed it.
        package let checkpoint: Checkpoint?, signers: [NoteKey]
        package let seconds: Double
        package var notices: [String]

        package var findings: [Finding] { outcome.findings }
    }

    private let directory: String
    private let journal: JournalReader
    private let keys: [NoteKey]
    private var isIncremental: Bool

    private var folder: String { directory + "/" + MerkleLog.folderName }

    /// - Parameter keys: whose signatures count; empty for those that the directory itself knows.
    package init(directory: String, keys: [NoteKey] = [], isIncremental: Bool = false) throws {
        (self.directory, self.keys, self.isIncremental) = (directory, keys, isIncremental)
        journal = try JournalReader(directory: directory)
    }

    package func run(progress: @escaping @Sendable (Int, _ of: Int) -> Void = { _, _ in }) throws -> Report {
        let began = DispatchTime.now().uptimeNanoseconds
        var notices: [String] = [], findings: [Finding] = []
        let tiles = try? TileFiles(folder: folder, isReadOnly: true)
        if tiles == nil { notices.append("there are no tiles: the server makes them when it starts") }
        let keys = knownKeys(&findings, &notices)
        let signed = [MerkleLog.checkpointName, MerkleLog.cosignedName].compactMap { read($0, &findings) }
        var options = Verification.Options()
        options.rootsAt = Set(signed.map(\.checkpoint.size))
        if isIncremental, let tiles { options.start = start(tiles, &notices) }
        var outcome = try Verification(journal, tiles: tiles, options: options).run(progress: progress)
        let best = check(signed, keys, outcome, options.start, tiles, &findings)
        if let tiles { checkUpperLevels(tiles, through: outcome.through, &findings) }
        outcome.findings += findings
        let report = Report(
            outcome: outcome, isIncremental: options.start.size > 0, checkpoint: best?.checkpoint.checkpoint,
            signers: best?.signers ?? [], seconds: Double(DispatchTime.now().uptimeNanoseconds - began) / 1e9,
            notices: notices)
        if outcome.findings.isEmpty, tiles != nil { remember(outcome) }
        return report
    }

    // MARK: keys and checkpoints

    private func knownKeys(_ findings: inout [Finding], _ notices: inout [String]) -> [NoteKey] {
        guard keys.isEmpty else { return keys }
        var known: [NoteKey] = []
        do { known += try LogKeyHistory(journal).keys } catch { findings.append(Finding(.key, "\(error)")) }
        do {
            if let key = try LogKeyFile(directory: directory).read()?.key, !known.contains(key) { known.append(key) }
        } catch {
            findings.append(Finding(.key, "\(error)"))
        }
        if known.isEmpty, findings.isEmpty { notices.append("there is no key: signatures were not checked") }
        return known
    }

    private func read(_ name: String, _ findings: inout [Finding]) -> SignedCheckpoint? {
        guard let bytes = FileManager.default.contents(atPath: folder + "/" + name) else { return nil }
        do { return try SignedCheckpoint(Array(bytes)) } catch {
            findings.append(Finding(.checkpoint, "\(folder)/\(name): \(error)"))
            return nil
        }
    }

    /// - Returns: the newest that holds.
    private func check(
        _ signed: [SignedCheckpoint], _ keys: [NoteKey], _ outcome: Verification.Outcome, _ start: Frontier,
        _ tiles: TileFiles?, _ findings: inout [Finding]
    ) -> (checkpoint: SignedCheckpoint, signers: [NoteKey])? {
        var best: (checkpoint: SignedCheckpoint, signers: [NoteKey])?
        for note in signed {
            let stated = note.checkpoint
            guard stated.size <= outcome.through || stated.size <= journal.head else {
                findings.append(
                    Finding(
                        .missing, at: outcome.through + 1,
                        "a checkpoint of \(stated.size) events was signed: those from here on are gone"))
                continue
            }
            // What has come in since this check began is another one's.
            guard stated.size <= outcome.through else { continue }
            let older = stated.size < start.size ? try? tiles?.root(size: stated.size) : nil
            let root = outcome.roots[stated.size] ?? older
            guard root == stated.root else {
                findings.append(
                    Finding(.checkpoint, "the first \(stated.size) events are not those that were signed"))
                continue
            }
            guard !keys.isEmpty else { continue }
            do {
                let signers = try note.note.verified(by: keys)
                if stated.size >= best?.checkpoint.checkpoint.size ?? 0 { best = (note, signers) }
            } catch {
                findings.append(Finding(.checkpoint, "\(error)"))
            }
        }
        return best
    }

    // MARK: tiles

    /// Levels from the second on are few: each node is the root over 256 of the level below.
    private func checkUpperLevels(_ tiles: TileFiles, through size: Int, _ findings: inout [Finding]) {
        for level in 2...TileAddress.levelMax {
            for index in 0..<(min(size, tiles.size) >> (8 * level)) {
                do {
                    let below = try tiles.read(level - 1, index * TileAddress.nodesMax, TileAddress.nodesMax)
                    if try tiles.read(level, index, 1)[0] == .root(over: below) { continue }
                    let path = TileAddress(level: level, index: index / TileAddress.nodesMax).path
                    findings.append(Finding(.tile, "\(path) is not that of those below"))
                } catch {
                    findings.append(Finding(.tile, "\(error)"))
                }
            }
        }
    }

    // MARK: from one time to the next

    /// Where the last check has ended, if the tiles still have the root that they had then.
    private func start(_ tiles: TileFiles, _ notices: inout [String]) -> Frontier {
        let text = (try? String(contentsOfFile: folder + "/" + Self.verifiedName, encoding: .utf8)) ?? ""
        let lines = text.split(separator: "\n")
        if lines.count == 2, let size = Int(lines[0]), size > 0, size <= tiles.size, let root = Hash(base64: lines[1]),
            let frontier = try? tiles.frontier(size: size), frontier.root == root
        {
            return frontier
        }
        notices.append("there is no earlier check to go on from: everything is checked")
        return Frontier()
    }

    private func remember(_ outcome: Verification.Outcome) {
        guard outcome.through > 0 else { return }
        let text = "\(outcome.through)\n\(outcome.root.base64)\n"
        try? Data(text.utf8).write(to: URL(filePath: folder + "/" + Self.verifiedName), options: .atomic)
    }
}

extension TileFiles {
    /// The tree's right edge when it had this size.
    package func frontier(size: Int) throws -> Frontier {
        var frontier = Frontier()
        for height in stride(from: Int.bitWidth - 2, through: 0, by: -1) where size & (1 << height) != 0 {
            frontier.append(subtree: try subtree(height: height, index: frontier.size >> height), height: height)
        }
        return frontier
    }
}

extension DirectoryVerification.Report {
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("ok", findings.isEmpty)
            object.member("after", outcome.after)
            object.member("through", outcome.through)
            object.member("root", outcome.root.base64)
            object.member("checkpoint_size", checkpoint.map { .integer($0.size) } ?? .null)
            object.name("signers")
            object.array { array in for key in signers { array.string(key.description) } }
            object.member("payload_bytes", outcome.payloadBytes)
            object.member("milliseconds", Int(seconds * 1000))
            object.name("notices")
            object.array { array in for notice in notices { array.string(notice) } }
            object.name("findings")
            object.array { array in for finding in findings { finding.encode(into: &array) } }
        }
    }
}
