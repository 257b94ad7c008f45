import Domain
import EventStore
import Foundation
import GRDB

/// Everything that follows from the journal, in tables that are fast to read: made from it, and disposable.
package final class ReadModels: Sendable {
    package let journal: Journal
    let projector: Projector
    private let directory: String
    /// Rebuilds take turns: each begins with the file that the last one made.
    private let rebuilding = NSLock()

    private init(journal: Journal, directory: String, projector: Projector) {
        (self.journal, self.directory, self.projector) = (journal, directory, projector)
    }

    /// Opens the newest complete file, or makes the read models from the journal when none can be trusted.
    ///
    /// - Parameters:
    ///   - keepsChanges: false leaves the feed's tail out when they are made; only measurements want that.
    ///   - progress: is told the position reached while they are made.
    package static func open(
        journal: Journal, keepsChanges: Bool = true, progress: (Int) -> Void = { _ in }
    ) throws -> ReadModels {
        let directory = journal.directory
        let numbers = ReadModelsFile.numbers(in: directory)
        for number in numbers {
            if let file = ReadModelsFile.open(number: number, in: directory, epoch: journal.epoch, head: journal.head) {
                numbers.filter { $0 != number }.forEach { ReadModelsFile.remove($0, in: directory) }
                let (state, parked) = try file.state()
                let engine = ProjectionEngine(state: state, parked: parked, startsEmpty: false)
                return begin(journal, file, engine)
            }
        }
        numbers.forEach { ReadModelsFile.remove($0, in: directory) }
        var builder = try ReadModelsBuilder(
            journal: journal, epoch: journal.epoch, directory: directory, number: (numbers.first ?? 0) + 1)
        builder.keepsChanges = keepsChanges
        try builder.run(through: journal.head, progress: progress)
        try builder.file.markComplete()
        return begin(journal, builder.file, builder.engine)
    }

    /// Deletes the files, so that the next opening makes them from the journal. None may be open.
    package static func discard(in directory: String) { ReadModelsFile.removeAll(in: directory) }

    private static func begin(_ journal: Journal, _ file: ReadModelsFile, _ engine: ProjectionEngine) -> ReadModels {
        engine.shrink(to: ProjectionEngine.documentsMaxLive)
        let projector = Projector(journal: journal, file: file, engine: engine)
        projector.start()
        return ReadModels(journal: journal, directory: journal.directory, projector: projector)
    }

    /// Applies what was committed, and closes the file so that the next start can trust it. Close the journal first.
    package func close() {
        projector.stop()
    }

    /// Where the read models stand; their file may follow a moment later.
    package var position: Int { projector.doorbell.position }

    /// Rings when changes have become readable.
    package var doorbell: Doorbell { projector.doorbell }

    /// Waits until a position can be read; false when the time is up before.
    package func wait(for position: Int, timeoutSeconds: Double) async -> Bool {
        if self.position >= position { return true }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.projector.doorbell.wait(for: position) }
            group.addTask {
                try? await Task.sleep(for: .seconds(timeoutSeconds))
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    /// A number that grows whenever documents of one of these kinds have changed.
    package func version(of kinds: Category...) -> Int {
        let versions = projector.now.versions
        return kinds.reduce(0) { $0 + (versions[$1] ?? 0) }
    }

    /// Reads on the calling thread, once the file holds everything that was published: for single statements that take
    /// microseconds.
    package func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        projector.settle()
        return try readFile(body)
    }

    /// Reads what the file holds, which may be some milliseconds behind what was published.
    func readFile<Value>(_ body: (Database) throws -> Value) throws -> Value {
        while true {
            let file = projector.now.file
            do {
                return try file.read(body)
            } catch let error as DatabaseError {
                // Once more, when the file was switched between the question for it and its use.
                if projector.now.file === file { throw error }
            }
        }
    }

    /// Reads several statements that speak of one moment.
    func readSnapshot<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try read { try $0.snapshot(body) }
    }

    /// Makes the read models anew beside the live ones, compares both at one position, and goes on with the new.
    package func rebuild(progress: @escaping @Sendable (Int) -> Void = { _ in }) async throws -> RebuildReport {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                continuation.resume(
                    with: Result { try self.rebuilding.withLock { try self.rebuildBlocking(progress: progress) } })
            }
            thread.name = "rebuild"
            thread.start()
        }
    }

    private func rebuildBlocking(progress: (Int) -> Void) throws -> RebuildReport {
        projector.settle()
        let live = projector.now.file
        let started = Date()
        var builder = try ReadModelsBuilder(
            journal: journal, epoch: journal.epoch, directory: directory, number: live.number + 1)
        do {
            try builder.run(through: projector.now.filePosition, progress: progress)
            let differences = try live.read { db in
                // This transaction sees the live file as of one position, whatever is written meanwhile.
                try db.snapshot { db in
                    let seen = try ProjectionState.read(db)?.position ?? 0
                    // Without telling the progress: whoever hears of it may read, and reads do not nest.
                    try builder.run(through: seen)
                    return try RowDiff.compare(live: db, with: builder.file)
                }
            }
            let generation = projector.now.generation
            builder.engine.beginGeneration(differences.isEmpty ? generation : generation + 1)
            // Before the engine is handed over, and goes on.
            let compared = builder.engine.state
            let old = try switchOver(to: builder)
            old.close()
            ReadModelsFile.remove(old.number, in: directory)
            return RebuildReport(
                position: compared.position, seconds: Date().timeIntervalSince(started), differences: differences,
                digest: compared.digest.description, file: builder.file.number)
        } catch {
            builder.file.close()
            ReadModelsFile.remove(builder.file.number, in: directory)
            throw error
        }
    }

    private func switchOver(to builder: ReadModelsBuilder) throws -> ReadModelsFile {
        let semaphore = DispatchSemaphore(value: 0)
        let result = LockedResult()
        projector.replace(
            Projector.Replacement(file: builder.file, engine: builder.engine) {
                result.set($0)
                semaphore.signal()
            })
        semaphore.wait()
        return try result.get()
    }
}

extension Database {
    func snapshot<Value>(_ body: (Database) throws -> Value) throws -> Value {
        var result: Value?
        try inTransaction(.deferred) {
            result = try body(self)
            return .commit
        }
        return result!
    }
}

private final class LockedResult: @unchecked Sendable {
    private let lock = NSLock()
    private var result: Result<ReadModelsFile, any Error>?

    func set(_ result: Result<ReadModelsFile, any Error>) {
        lock.withLock { self.result = result }
    }

    func get() throws -> ReadModelsFile {
        guard let result = lock.withLock({ result }) else { throw JournalError.closed }
        return try result.get()
    }
}
