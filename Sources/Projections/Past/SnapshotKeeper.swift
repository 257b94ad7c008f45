import Domain
import EventStore
import Foundation
import GRDB
import Synchronization

/// Makes the snapshots that the plan wants, one after the other, each from the one before it, and removes the others.
///
/// It is the only one that writes there. Whatever it leaves half done has another name; whatever is missing or damaged
/// is made again from the journal.
package final class SnapshotKeeper: Sendable {
    private let history: History
    private let journal: Journal
    /// Of the documents that are live.
    private let generation: @Sendable () -> Int
    /// Of the documents in the snapshots.
    private let made: Mutex<Int>
    private let spacingMin: Int
    /// So much of the disk is left to the journal.
    private static let bytesFreeMin = 256 << 20

    package enum Step: Equatable, Sendable {
        case made(position: Int)
        /// Nothing is due before the journal's head is there.
        case idle(until: Int)
        /// The disk is almost full.
        case noRoom
    }

    package init(_ history: History, _ readModels: ReadModels, spacingMin: Int? = nil) {
        (self.history, journal) = (history, readModels.journal)
        self.spacingMin = spacingMin ?? SnapshotPlan.spacingMin
        generation = { readModels.projector.now.generation }
        made = Mutex(readModels.projector.now.generation)
    }

    private var shelf: SnapshotShelf { history.shelf }

    /// Removes what an earlier run has left half done, and what is not to be believed. Looks at every byte.
    package func open() throws {
        try FileManager.default.createDirectory(
            atPath: shelf.directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for name in try FileManager.default.contentsOfDirectory(atPath: shelf.directory)
        where name.hasSuffix(SnapshotFile.partSuffix) {
            try? FileManager.default.removeItem(atPath: "\(shelf.directory)/\(name)")
        }
        let generation = generation()
        for file in SnapshotFile.all(in: shelf.directory)
        where file.position > journal.head || !file.isIntact(epoch: shelf.epoch, generation: generation) {
            drop(file)
        }
    }

    /// Does one thing that is due.
    package func step() throws -> Step {
        forgetOtherGenerations()
        let plan = plan()
        for file in shelf.files where !plan.wants(file.position) { drop(file) }
        for file in shelf.files where !FileManager.default.fileExists(atPath: file.path) { shelf.forget(file) }
        guard let position = plan.missing(from: Set(shelf.files.map(\.position))) else {
            return .idle(until: plan.next)
        }
        guard try hasRoom() else { return .noRoom }
        try make(position)
        return .made(position: position)
    }

    /// When a rebuild has made other documents of the same events, those of the past are other ones, too.
    private func forgetOtherGenerations() {
        let now = generation()
        guard
            made.withLock({ made in
                defer { made = now }
                return made != now
            })
        else { return }
        for file in shelf.files { drop(file) }
        history.forget()
    }

    private func plan() -> SnapshotPlan {
        SnapshotPlan(
            head: journal.head, snapshotBytes: shelf.files.last?.bytes ?? 0,
            journalBytes: Self.bytes(journal.directory + "/" + Journal.fileName), spacingMin: spacingMin)
    }

    private func drop(_ file: SnapshotFile) {
        shelf.forget(file)
        file.remove()
    }

    private func hasRoom() throws -> Bool {
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: shelf.directory)
        let free = (attributes[.systemFreeSize] as? NSNumber)?.intValue ?? .max
        return free >= Self.bytesFreeMin + 2 * (shelf.files.last?.bytes ?? 0)
    }

    private func make(_ position: Int) throws {
        let part = "\(shelf.directory)/\(position)\(SnapshotFile.partSuffix)"
        try? FileManager.default.removeItem(atPath: part)
        let erasures = shelf.erasures
        do {
            let base = shelf.nearest(through: position)
            if let base { try FileManager.default.copyItem(atPath: base.path, toPath: part) }
            try write(part, through: position, isNew: base == nil)
            let file = try SnapshotFile.seal(part: part, position: position, in: shelf.directory)
            shelf.add(file, begunAfter: erasures)
        } catch {
            try? FileManager.default.removeItem(atPath: part)
            throw error
        }
    }

    /// Nothing protects the part while it is written: it is thrown away when that fails.
    private func write(_ part: String, through last: Int, isNew: Bool) throws {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536")
        }
        let queue = try DatabaseQueue(path: part, configuration: configuration)
        defer { try? queue.close() }
        let streams = try history.streams()
        try queue.inTransaction { db in
            if isNew { try ReadModelsFile.prepare(db, epoch: shelf.epoch) }
            let engine = ProjectionEngine(
                state: try ProjectionState.read(db) ?? ProjectionState(), parked: try ParkedStream.readAll(db),
                startsEmpty: isNew)
            engine.beginGeneration(generation())
            try engine.applyAll(journal, streams, through: last, db)
            return .commit
        }
    }

    private static func bytes(_ path: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0
    }
}
