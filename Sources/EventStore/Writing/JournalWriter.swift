import Foundation

/// The journal's single writer: takes whatever waits, and commits it as one transaction on a thread of its own.
///
/// A refused append never fails its neighbours, and neither does one that the database will not take: when a batch
/// cannot be committed, its appends are tried one by one. Only a full disk fails all of them at once. The indexes
/// follow when enough has been appended, or nothing for a while.
final class JournalWriter: @unchecked Sendable {
    let queue = AppendQueue()
    let keys: IdempotencyKeys
    let doorbell: Doorbell
    let unindexed: UnindexedEvents

    let now: @Sendable () -> Int

    private let connection: JournalConnection
    private let resumer: Resumer
    private let finished = DispatchSemaphore(value: 0)
    private let observerLock = NSLock()
    private weak var observer: (any CommitObserver)?

    // Of the writer's thread alone.
    private var tail: JournalConnection.Tail
    private var lastAnswer: Int
    private var streams = StreamCache()
    private var ids: EventIDGenerator
    private var leaf = Leaf()
    private var indexer: Indexer

    private static let idleSeconds = 1.0

    init(connection: JournalConnection, now: @escaping @Sendable () -> Int) throws {
        self.connection = connection
        self.now = now
        tail = try connection.tail()
        lastAnswer = 0
        indexer = try Indexer(connection: connection, head: tail.position)
        unindexed = indexer.unindexed
        doorbell = Doorbell(position: tail.position)
        ids = EventIDGenerator(after: tail.lastID)
        keys = IdempotencyKeys()
        // The expired ones, too: the next commit deletes their rows.
        for answer in try connection.answers() {
            keys.insert(answer.key, number: answer.number, recordedAt: answer.recordedAt)
            lastAnswer = answer.number
        }
        resumer = Resumer()
    }

    func start() {
        let thread = Thread { [self] in run() }
        thread.name = "journal-writer"
        thread.start()
    }

    /// What comes in before is written; what comes later is refused. Returns when the last of it is committed and
    /// indexed.
    func finish() {
        queue.close()
        finished.wait()
        doorbell.close()
        resumer.stop()
    }

    /// After `finish`, and after the readers: whoever closes the file last writes its WAL back and deletes it.
    func close() {
        connection.close()
    }

    func observe(_ observer: any CommitObserver) {
        observerLock.withLock { self.observer = observer }
    }

    private func run() {
        var last = 0
        while let batch = queue.next(last: last, idleSeconds: idleSeconds) {
            last = batch.count
            if batch.isEmpty {
                indexer.fill(through: tail.position)
            } else {
                commit(batch)
                indexer.fillIfDue(through: tail.position)
            }
        }
        indexer.fillAll(through: tail.position)
        finished.signal()
    }

    /// After which silence the indexes are filled; nil when there is nothing to fill.
    private var idleSeconds: Double? { indexer.isBehind(tail.position) ? Self.idleSeconds : nil }

    private func commit(_ batch: [PendingAppend]) {
        let observer = observerLock.withLock { self.observer }
        streams.makeRoom()
        var work = Work(tail: tail, lastAnswer: lastAnswer, keepsEvents: observer != nil)
        do {
            work.now = now()
            work.recordedAt = max(work.now, tail.recordedAt)
            let expired = keys.lastExpired(now: work.now)
            try connection.transaction {
                if let expired { try connection.deleteAnswers(through: expired) }
                for append in batch { try self.append(append, &work) }
                if work.tail.position > tail.position { try connection.updateTree(work.tail.frontier) }
            }
            if let expired { keys.forget(through: expired) }
        } catch {
            streams.forget()
            retry(batch, after: error)
            return
        }
        tail = work.tail
        lastAnswer = work.lastAnswer
        unindexed.add(work.runs)
        for (key, number) in work.keys { keys.insert(key, number: number, recordedAt: work.recordedAt) }
        publish(work, to: observer)
    }

    private func retry(_ batch: [PendingAppend], after error: any Error) {
        if batch.count == 1 || error as? JournalError == .storageFull {
            for append in batch { append.continuation.resume(throwing: error) }
        } else {
            for append in batch { commit([append]) }
        }
    }

    private func publish(_ work: Work, to observer: (any CommitObserver)?) {
        doorbell.ring(work.tail.position)
        for (continuation, refusal) in work.refusals { continuation.resume(throwing: refusal) }
        let batch = CommittedBatch(events: work.events, answers: work.answers)
        if let observer {
            observer.committed(batch)
        } else if work.answers.count <= 32 {
            batch.acknowledge()
        } else {
            resumer.resume(batch)
        }
    }
}

extension JournalWriter {
    /// What one transaction has done so far; nothing outside it changes until it is committed.
    private struct Work {
        var tail: JournalConnection.Tail
        var lastAnswer: Int
        let keepsEvents: Bool
        var now = 0, recordedAt = 0
        var events: [RecordedEvent] = []
        var runs: [UnindexedEvents.Run] = []
        var keys: [(Hash, Int)] = []
        var taken: Set<Hash> = []
        var answers: [CommittedBatch.Answer] = []
        var refusals: [(UnsafeContinuation<AppendResult, any Error>, any Error)] = []
    }

    private func append(_ append: PendingAppend, _ work: inout Work) throws {
        let known = try streams[append.name] ?? find(append.name)
        // The key first: who sends a request again wants its answer, not to hear that the stream has moved on by it.
        if let key = append.idempotency?.key, isTaken(key, work) {
            return work.refusals.append((append.continuation, IdempotencyKeyTaken()))
        }
        guard append.expected.admits(known?.revision) else {
            let refusal = WrongExpectedRevision(
                stream: append.stream, expected: append.expected, actual: known?.revision)
            return work.refusals.append((append.continuation, refusal))
        }
        if append.events.isEmpty { return try answer(append, revision: known?.revision, &work) }
        let stream = try known ?? begin(append, &work)
        try insert(append, into: stream, &work)
        try answer(append, revision: stream.revision, &work)
    }

    private func find(_ name: String) throws -> StreamCache.Entry? {
        guard let (number, indexed) = try connection.findStream(name) else { return nil }
        let stream = StreamCache.Entry(number: number, revision: unindexed.run(of: number)?.revision ?? indexed)
        streams[name] = stream
        return stream
    }

    private func begin(_ append: PendingAppend, _ work: inout Work) throws -> StreamCache.Entry {
        work.tail.lastStream += 1
        let stream = StreamCache.Entry(number: work.tail.lastStream, revision: nil)
        try connection.insertStream(stream.number, append.stream, name: append.name)
        streams[append.name] = stream
        return stream
    }

    private func isTaken(_ key: Hash, _ work: Work) -> Bool {
        work.taken.contains(key) || keys.number(of: key, now: work.now) != nil
    }

    private func insert(_ append: PendingAppend, into stream: StreamCache.Entry, _ work: inout Work) throws {
        let first = work.tail.position + 1
        for prepared in append.events { try insert(prepared, append.stream, stream, &work) }
        if let revision = stream.revision {
            work.runs.append(UnindexedEvents.Run(stream: stream.number, first: first, revision: revision))
        }
    }

    private func insert(
        _ prepared: PreparedEvent, _ id: StreamID, _ stream: StreamCache.Entry, _ work: inout Work
    ) throws {
        let (event, stored) = (prepared.event, prepared.stored)
        let position = work.tail.position + 1
        let revision = (stream.revision ?? -1) + 1
        let eventID = ids.next(microseconds: work.recordedAt)
        let hash = leaf.hash(
            position: position, id: eventID, revision: revision, recordedAt: work.recordedAt, prepared.leaf)
        try connection.insertEvent(
            position: position, stream: stream.number, revision: revision, id: eventID, event: stored,
            recordedAt: work.recordedAt, leaf: hash)
        work.tail.position = position
        work.tail.recordedAt = work.recordedAt
        work.tail.frontier.append(hash)
        stream.revision = revision
        guard work.keepsEvents else { return }
        work.events.append(
            RecordedEvent(
                position: position, stream: id, streamNumber: stream.number, revision: revision, id: eventID,
                type: stored.type, schemaVersion: stored.schemaVersion, data: event.data, metadata: event.metadata,
                sealed: prepared.isSealed ? RecordedEvent.Stored(data: stored.data, metadata: stored.metadata) : nil,
                recordedAt: work.recordedAt, leafHash: hash))
    }

    private func answer(_ append: PendingAppend, revision: Int?, _ work: inout Work) throws {
        let result = AppendResult(
            position: work.tail.position, revision: revision, recordedAt: work.recordedAt,
            eventCount: append.events.count)
        if let idempotency = append.idempotency {
            work.lastAnswer += 1
            try connection.insertAnswer(
                number: work.lastAnswer, idempotency, meta: idempotency.meta(result), recordedAt: work.recordedAt)
            work.keys.append((idempotency.key, work.lastAnswer))
            work.taken.insert(idempotency.key)
        }
        work.answers.append(CommittedBatch.Answer(continuation: append.continuation, result: result))
    }
}
