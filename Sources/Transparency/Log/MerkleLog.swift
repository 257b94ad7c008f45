import Domain
import EventStore
import Foundation
import Synchronization

/// The log of all events as others can check it: tiles that follow the journal, signed checkpoints, and proofs.
///
/// Nothing of it is on the append's path. The tiles follow from the leaf hashes in the journal: they are compared with
/// its frontier whenever they have grown, and made again when they do not fit. But a log that no longer contains what
/// it has signed before is not signed again: then the journal was exchanged, and that must be heard of.
package final class MerkleLog: Sendable {
    package static let folderName = "tree"
    package static let checkpointName = "checkpoint"
    package static let cosignedName = "cosigned"
    static let syncedName = "synced"
    /// How many leaves are read at once.
    private static let batch = 16_384
    private static let syncEvery = 1 << 17
    /// As many events are added to the tiles while somebody waits.
    private static let nearMax = 50_000

    package let journal: any JournalReading
    let folder: String
    let tiles: TileFiles
    /// Held while the tiles grow; a first start over a large journal takes seconds.
    let growth: Mutex<Growth>
    private let state: Mutex<State>

    struct Growth {
        /// Leaves that are safely on the disk.
        var synced: Int
    }

    private struct State {
        var signer: NoteSigner
        var published: SignedCheckpoint?
        /// The last one that others have signed, too.
        var cosigned: SignedCheckpoint?
        var problem: LogProblem?
    }

    /// - Throws: `TileError`, or why files cannot be read.
    package init(journal: any JournalReading, directory: String, signer: NoteSigner) throws {
        self.journal = journal
        folder = directory + "/" + Self.folderName
        tiles = try TileFiles(folder: folder)
        let synced = Self.syncedSize(folder, tiles)
        // More than the journal holds is not forgotten: it is what shows that something is missing.
        try tiles.truncate(to: synced)
        growth = Mutex(Growth(synced: synced))
        state = Mutex(
            State(
                signer: signer, published: Self.stored(Self.checkpointName, folder),
                cosigned: Self.stored(Self.cosignedName, folder)))
    }

    package var size: Int { tiles.size }

    package var key: NoteKey { state.withLock { $0.signer.key } }

    /// What keeps the log from being signed.
    package var problem: LogProblem? { state.withLock { $0.problem } }

    /// The last checkpoint that was signed, without signing a new one.
    package var published: SignedCheckpoint? { state.withLock { $0.published } }

    /// The last checkpoint that others have signed, too.
    package var cosigned: SignedCheckpoint? { state.withLock { $0.cosigned } }

    /// From here on another key signs.
    package func take(_ signer: NoteSigner) {
        state.withLock { $0.signer = signer }
    }

    /// Brings the tiles to the journal's head and signs it; the checkpoint of before when nothing has come.
    ///
    /// - Throws: `LogProblem`, `TileError`, `JournalError`.
    @discardableResult
    package func publish() throws -> SignedCheckpoint {
        try growth.withLock { try publish(&$0) }
    }

    /// The same for callers who must not wait while much is being made: they get the last checkpoint then.
    ///
    /// - Throws: `LogNotReady` when there is none yet.
    @discardableResult
    package func publishIfNear() throws -> SignedCheckpoint {
        if journal.head - tiles.size <= Self.nearMax { return try publish() }
        guard let published else { throw LogNotReady(leaves: tiles.size) }
        return published
    }

    private func publish(_ growth: inout Growth) throws -> SignedCheckpoint {
        let frontier = try journal.frontier()
        let (signer, published) = state.withLock { ($0.signer, $0.problem == nil ? $0.published : nil) }
        if let published, tiles.size == frontier.size, published.checkpoint.root == frontier.root,
            published.checkpoint.size == frontier.size,
            published.note.signatures.contains(where: { $0.isNamed(after: signer.key) })
        {
            return published
        }
        do {
            try follow(frontier, &growth)
        } catch let problem as LogProblem {
            state.withLock { $0.problem = problem }
            throw problem
        }
        let stated = Checkpoint(origin: signer.key.name, size: frontier.size, root: frontier.root)
        // After a restart: what others have signed under it is not thrown away.
        if let published, published.checkpoint == stated, (try? published.note.verified(by: [signer.key])) != nil {
            return published
        }
        let checkpoint = try SignedCheckpoint(stated, by: signer)
        try write(checkpoint.note.bytes, to: Self.checkpointName)
        state.withLock { ($0.published, $0.problem) = (checkpoint, nil) }
        return checkpoint
    }

    /// Keeps signatures of others under a checkpoint that was signed here.
    package func keep(_ signatures: [NoteSignature], under checkpoint: SignedCheckpoint) throws {
        try growth.withLock { _ in
            // A witness that is late must not bring the others back.
            guard checkpoint.checkpoint.size >= cosigned?.checkpoint.size ?? 0 else { return }
            var signed = cosigned.flatMap { $0.checkpoint == checkpoint.checkpoint ? $0 : nil } ?? checkpoint
            for signature in signatures { signed.add(signature) }
            try write(signed.note.bytes, to: Self.cosignedName)
            let isNewest = published?.checkpoint == signed.checkpoint
            if isNewest { try write(signed.note.bytes, to: Self.checkpointName) }
            state.withLock { [signed] state in
                state.cosigned = signed
                if isNewest { state.published = signed }
            }
        }
    }

    package func sync() throws {
        try growth.withLock { try sync(&$0) }
    }

    // MARK: following the journal

    private func follow(_ frontier: Frontier, _ growth: inout Growth) throws {
        let longest = max(tiles.size, published?.checkpoint.size ?? 0)
        guard longest <= frontier.size else { throw LogProblem.shorter(events: frontier.size, leaves: longest) }
        try extend(to: frontier.size, &growth)
        if root(frontier.size) == frontier.root, isContinued { return }
        // What was signed is looked at first: tiles that tell of another history are no rubbish.
        if let before = published?.checkpoint, try rootOfJournal(before.size) != before.root {
            throw LogProblem.rewritten(size: before.size)
        }
        try tiles.truncate(to: 0)
        growth.synced = 0
        try extend(to: frontier.size, &growth)
        guard root(frontier.size) == frontier.root else { throw LogProblem.leavesDoNotFit(size: frontier.size) }
    }

    /// Whether the tiles begin with what was signed last.
    private var isContinued: Bool {
        published.map { root($0.checkpoint.size) == $0.checkpoint.root } ?? true
    }

    /// nil when a file is damaged: the root is wrong then.
    private func root(_ size: Int) -> Hash? { try? tiles.root(size: size) }

    private func extend(to size: Int, _ growth: inout Growth) throws {
        while tiles.size < size {
            let last = min(size, tiles.size + Self.batch)
            let leaves = try journal.leafHashes(after: tiles.size, through: last)
            guard leaves.count == last - tiles.size else { throw LogProblem.gap(after: tiles.size + leaves.count) }
            try tiles.append(leaves)
            if tiles.size - growth.synced >= Self.syncEvery { try sync(&growth) }
        }
    }

    private func rootOfJournal(_ size: Int) throws -> Hash {
        var frontier = Frontier()
        while frontier.size < size {
            let leaves = try journal.leafHashes(after: frontier.size, through: min(size, frontier.size + Self.batch))
            guard !leaves.isEmpty else { throw LogProblem.gap(after: frontier.size) }
            for leaf in leaves { frontier.append(leaf) }
        }
        return frontier.root
    }

    // MARK: files

    private func sync(_ growth: inout Growth) throws {
        let size = tiles.size
        guard size > growth.synced else { return }
        try tiles.sync()
        try write(Array("\(size)\n\(try tiles.root(size: size).base64)\n".utf8), to: Self.syncedName)
        growth.synced = size
    }

    /// How many leaves can be trusted: those of the last sync, if the tiles still have the root that they had then.
    private static func syncedSize(_ folder: String, _ tiles: TileFiles) -> Int {
        guard let text = try? String(contentsOfFile: folder + "/" + syncedName, encoding: .utf8) else { return 0 }
        let lines = text.split(separator: "\n")
        guard lines.count == 2, let size = Int(lines[0]), size >= 0, let root = Hash(base64: lines[1]),
            size <= tiles.size, (try? tiles.root(size: size)) == root
        else { return 0 }
        return size
    }

    /// A checkpoint as the folder has it; nil when there is none, or none that can be read.
    private static func stored(_ name: String, _ folder: String) -> SignedCheckpoint? {
        guard let bytes = FileManager.default.contents(atPath: folder + "/" + name) else { return nil }
        return try? SignedCheckpoint(Array(bytes))
    }

    private func write(_ bytes: [UInt8], to name: String) throws {
        let path = folder + "/" + name
        do { try Data(bytes).write(to: URL(filePath: path), options: .atomic) } catch {
            throw TileError.unusable(path: path, reason: error.localizedDescription)
        }
    }
}
