import Domain
import EventStore
import Foundation
import GRDB
import Synchronization

/// Keeps the read models up with the journal, on a thread of its own, and answers the journal's callers once it has.
///
/// The writer hands it every committed batch. When its file cannot be written it lets the callers go, and catches up
/// from the journal itself, trying again every second.
final class Projector: CommitObserver, @unchecked Sendable {
    private enum Work: Sendable {
        case batch(CommittedBatch)
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
    private let journal: Journal
    private let mailbox = Mailbox<Work>()
    private let finished = DispatchSemaphore(value: 0)
    private let published: Mutex<Published>

    // Of the projector's thread alone.
    private var engine: ProjectionEngine
    private var file: ReadModelsFile
    private var isBehind = false
    /// The engine stands where its file does not: a transaction failed, and the file could not be asked either.
    private var isAstray = false

    /// What others may see of it.
    struct Published: Sendable {
        var file: ReadModelsFile
        var parked: [ParkedStream]
        var failure: String?
        var versions: [Category: Int]
    }

    init(journal: Journal, file: ReadModelsFile, engine: ProjectionEngine) {
        (self.journal, self.file, self.engine) = (journal, file, engine)
        engine.collectsWritten = true
        doorbell = Doorbell(position: engine.state.position)
        let versions = Dictionary(uniqueKeysWithValues: Category.allCases.map { ($0, 0) })
        published = Mutex(Published(file: file, parked: engine.parkedStreams, failure: nil, versions: versions))
    }

    /// Returns when everything that the journal held before can be read, unless the file cannot be written.
    func start() {
        journal.observe(with: self)
        isBehind = engine.state.position < journal.head
        while isBehind, now.failure == nil { apply([]) }
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

    private func run() {
        while let work = mailbox.take(timeoutSeconds: isBehind ? pauseSeconds : nil) {
            var batches: [CommittedBatch] = []
            for item in work {
                switch item {
                case .batch(let batch): batches.append(batch)
                case .replace(let replacement):
                    apply(batches)
                    batches = []
                    switchOver(to: replacement)
                }
            }
            if isBehind || !batches.isEmpty { apply(batches) }
        }
        file.close()
        finished.signal()
    }

    /// Before the next try: none while there is only much to do.
    private var pauseSeconds: Double { now.failure == nil ? 0 : 1 }

    private func apply(_ batches: [CommittedBatch]) {
        guard isBehind || !batches.isEmpty else { return }
        let last = isBehind ? journal.head : batches.compactMap(\.events.last).last?.position ?? 0
        do {
            try file.writer.writeWithoutTransaction { db in
                try db.inTransaction(.immediate) {
                    if isAstray { try returnToFile(db) }
                    if isBehind { try catchUp(db) } else { try apply(batches, db) }
                    try engine.flush(db)
                    return .commit
                }
            }
            isBehind = engine.state.position < last
            published.withLock { $0.failure = nil }
        } catch {
            recover(from: error)
        }
        publish()
        for batch in batches { batch.acknowledge() }
    }

    private func apply(_ batches: [CommittedBatch], _ db: Database) throws {
        for batch in batches {
            for event in batch.events {
                guard event.position <= engine.state.position + 1 else { return try catchUp(db) }
                try event.withStored { try engine.apply($0, of: event.stream, keepsChangesAfter: 0, db) }
            }
        }
    }

    private func catchUp(_ db: Database) throws {
        let last = min(journal.head, engine.state.position + ReadModelsBuilder.batchEvents)
        let streams = try StreamDirectory(journal)
        try journal.scan(after: engine.state.position, through: last) { row in
            let event = StoredEvent(row)
            try engine.apply(event, of: try streams.stream(event.streamNumber), keepsChangesAfter: 0, db)
        }
    }

    private func recover(from error: any Error) {
        isBehind = true
        published.withLock { $0.failure = "the read models cannot be written: \(error)" }
        isAstray = true
        try? file.writer.read(returnToFile)
    }

    private func returnToFile(_ db: Database) throws {
        engine.reset(to: try ProjectionState.read(db) ?? ProjectionState(), parked: try ParkedStream.readAll(db))
        isAstray = false
    }

    private func publish() {
        if isAstray { return }
        live.publish(engine.takeWritten())
        let touched = engine.takeTouched()
        let parked = engine.parkedStreams
        published.withLock { published in
            for category in touched { published.versions[category, default: 0] += 1 }
            if published.parked.count != parked.count { published.parked = parked }
        }
        doorbell.ring(engine.state.position)
        engine.shrink(to: ProjectionEngine.documentsMaxLive)
    }

    private func switchOver(to replacement: Replacement) {
        let old = file
        let target = engine.state.position
        do {
            let streams = try StreamDirectory(journal)
            try replacement.file.writer.write { db in
                try journal.scan(after: replacement.engine.state.position, through: target) { row in
                    let event = StoredEvent(row)
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
        (file, engine, isAstray) = (replacement.file, replacement.engine, false)
        engine.collectsWritten = true
        _ = engine.takeTouched()
        published.withLock { published in
            published.file = file
            published.parked = engine.parkedStreams
            live.forget()
            for category in Category.allCases { published.versions[category, default: 0] += 1 }
        }
        replacement.done(.success(old))
    }
}
