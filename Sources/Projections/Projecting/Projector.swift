import Domain
import EventStore
import Foundation
import GRDB
import Synchronization
import Threading

/// Keeps the read models up with the journal, on a thread of its own, and answers the journal's callers once it has.
///
/// The writer hands it every committed batch. It is applied in memory first, where documents are read by their keys
/// from then on; the file follows some milliseconds later, with many batches in one transaction, or at once when
/// somebody wants to read there. A file that cannot be written is tried again every second.
final class Projector: CommitObserver, @unchecked Sendable {
    /// So long changes wait for others to be written with.
    private static let writeNanosecondsMax: UInt64 = 10_000_000
    private static let retryNanoseconds: UInt64 = 1_000_000_000
    /// So many changes are held while the file cannot be written; what comes then is read from the journal later.
    private static let unwrittenMax = 20_000

    private enum Work: Sendable {
        case batch(CommittedBatch)
        /// Somebody waits for the file.
        case write(done: DispatchSemaphore)
        case replace(Replacement)
    }

    /// A newer file with its engine, to go on with.
    struct Replacement: @unchecked Sendable {
        let file: ReadModelsFile
        let engine: ProjectionEngine
        let done: @Sendable (Result<ReadModelsFile, any Error>) -> Void
    }

    let doorbell: Doorbell
    let live = LiveDocuments()
    let tail: FeedTail
    private let journal: Journal
    private let mailbox = Mailbox<Work>()
    private let finished = DispatchSemaphore(value: 0)
    private let published: Mutex<Published>

    // Of the projector's thread alone.
    private var engine: ProjectionEngine
    private var file: ReadModelsFile
    /// Events were left out; they are read from the journal.
    private var isBehind = false
    /// When the file is written next, in nanoseconds of uptime; nil while it holds everything.
    private var writeDue: UInt64?

    /// What others may see of it.
    struct Published: Sendable {
        var file: ReadModelsFile
        /// How far the file has come.
        var filePosition: Int
        /// Of the documents.
        var generation: Int
        var parked: [ParkedStream]
        var failure: String?
        var versions: [Category: Int]
    }

    init(journal: Journal, file: ReadModelsFile, engine: ProjectionEngine) {
        (self.journal, self.file, self.engine) = (journal, file, engine)
        engine.isLive = true
        let position = engine.state.position
        doorbell = Doorbell(position: position)
        tail = FeedTail(engine.state)
        let versions = Dictionary(uniqueKeysWithValues: Category.allCases.map { ($0, 0) })
        published = Mutex(
            Published(
                file: file, filePosition: position, generation: engine.state.generation,
                parked: engine.parkedStreams, failure: nil, versions: versions))
    }

    /// Returns when everything that the journal held before can be read, unless the file cannot be written.
    func start() {
        journal.observe(with: self)
        isBehind = engine.state.position < journal.head
        while isBehind, now.failure == nil { catchUp() }
        let thread = Thread { [self] in run() }
        thread.name = "projector"
        thread.start()
    }

    /// Returns when what was handed over is applied and the file is closed; so does every further call.
    func stop() {
        mailbox.close()
        finished.wait()
        finished.signal()
        doorbell.close()
    }

    var now: Published { published.withLock { $0 } }

    func committed(_ batch: CommittedBatch) {
        if !mailbox.put(.batch(batch)) { batch.acknowledge() }
    }

    func replace(_ replacement: Replacement) {
        if !mailbox.put(.replace(replacement)) { replacement.done(.failure(JournalError.closed)) }
    }

    /// Returns when the file holds everything that was published before, unless it cannot be written now.
    func settle() {
        let position = doorbell.position
        let isSettled = published.withLock { $0.filePosition >= position || $0.failure != nil }
        if isSettled { return }
        let done = DispatchSemaphore(value: 0)
        if mailbox.put(.write(done: done)) { done.wait() }
    }

    private func run() {
        while let work = mailbox.take(timeoutSeconds: secondsToNextWrite) {
            var waiting: [DispatchSemaphore] = []
            for item in work {
                switch item {
                case .batch(let batch): take(batch)
                case .write(let done): waiting.append(done)
                case .replace(let replacement): switchOver(to: replacement)
                }
            }
            if !waiting.isEmpty || isDue { if isBehind { catchUp() } else { write() } }
            for done in waiting { done.signal() }
        }
        write()
        file.close()
        finished.signal()
    }

    private var secondsToNextWrite: Double? {
        writeDue.map { due in
            let now = DispatchTime.now().uptimeNanoseconds
            return due > now ? Double(due - now) / 1e9 : 0
        }
    }

    private var isDue: Bool { writeDue.map { $0 <= DispatchTime.now().uptimeNanoseconds } ?? false }

    private func schedule(in nanoseconds: UInt64) {
        writeDue = DispatchTime.now().uptimeNanoseconds + nanoseconds
    }

    /// Applies a batch in memory, and lets its callers go.
    private func take(_ batch: CommittedBatch) {
        if !isBehind, let last = batch.events.last, last.position > engine.state.position {
            if now.failure != nil, engine.unwrittenCount >= Self.unwrittenMax {
                isBehind = true
            } else {
                apply(batch)
            }
            if writeDue == nil { schedule(in: isBehind ? 0 : Self.writeNanosecondsMax) }
        }
        batch.acknowledge()
    }

    private func apply(_ batch: CommittedBatch) {
        do {
            try file.writer.writeWithoutTransaction { db in
                for event in batch.events {
                    guard event.position <= engine.state.position + 1 else { return isBehind = true }
                    try event.withStored { try engine.apply($0, of: event.stream, keepsChangesAfter: 0, db) }
                }
            }
        } catch {
            isBehind = true
            fail(error)
        }
        publish()
    }

    /// Writes what was applied.
    private func write() {
        if engine.isWritten { return writeDue = nil }
        do {
            try inTransaction { try engine.flush($0) }
            confirm()
        } catch {
            fail(error)
        }
    }

    /// Applies some of the events that were left out, and writes them.
    private func catchUp() {
        let last = journal.head
        do {
            try inTransaction { db in
                // What a transaction that failed has left is written first, so that it does not grow.
                if engine.isWritten { try applyMore(through: last, db) }
                try engine.flush(db)
            }
            confirm()
            isBehind = engine.state.position < last
            if isBehind { schedule(in: 0) }
        } catch {
            fail(error)
        }
        publish()
    }

    private func applyMore(through last: Int, _ db: Database) throws {
        let streams = try StreamDirectory(journal)
        try journal.scanStored(after: engine.state.position, through: last, limit: ReadModelsBuilder.batchEvents) {
            event in
            try engine.apply(event, of: try streams.stream(event.streamNumber), keepsChangesAfter: 0, db)
        }
    }

    private func inTransaction(_ body: (Database) throws -> Void) throws {
        try file.writer.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                try body(db)
                return .commit
            }
        }
    }

    private func confirm() {
        engine.confirmFlush()
        engine.shrink(to: ProjectionEngine.documentsMaxLive)
        live.trim()
        writeDue = nil
        published.withLock { published in
            published.filePosition = engine.state.position
            published.failure = nil
        }
    }

    private func fail(_ error: any Error) {
        schedule(in: Self.retryNanoseconds)
        published.withLock { $0.failure = "the read models cannot be written: \(error)" }
    }

    private func publish() {
        let fresh = engine.takeFresh()
        live.publish(fresh)
        tail.append(fresh)
        let touched = engine.takeTouched()
        let parked = engine.parkedStreams
        published.withLock { published in
            for category in touched { published.versions[category, default: 0] += 1 }
            if published.parked.count != parked.count { published.parked = parked }
        }
        doorbell.ring(engine.state.position)
    }

    private func switchOver(to replacement: Replacement) {
        let old = file
        let target = engine.state.position
        do {
            let streams = try StreamDirectory(journal)
            try replacement.file.writer.write { db in
                try journal.scanStored(after: replacement.engine.state.position, through: target) { event in
                    try replacement.engine.apply(
                        event, of: try streams.stream(event.streamNumber), keepsChangesAfter: 0, db)
                }
                try replacement.engine.flush(db)
            }
            try replacement.file.markComplete()
        } catch {
            replacement.done(.failure(error))
            return
        }
        (file, engine) = (replacement.file, replacement.engine)
        engine.isLive = true
        _ = engine.takeTouched()
        live.forget()
        if engine.state.generation != now.generation { tail.begin(engine.state) }
        confirm()
        published.withLock { published in
            published.file = file
            published.generation = engine.state.generation
            published.parked = engine.parkedStreams
            for category in Category.allCases { published.versions[category, default: 0] += 1 }
        }
        if isBehind { schedule(in: 0) }
        replacement.done(.success(old))
    }
}
