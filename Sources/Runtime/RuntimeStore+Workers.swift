import Domain

/// Whether a worker is heard of.
package enum WorkerState: String, CaseIterable, Sendable {
    case live, stale, lost
}

/// A worker as the control plane sees it.
package struct KnownWorker: Sendable {
    package let acknowledgement: Acknowledgement
    package let receivedAt: Timestamp
    package let state: WorkerState
}

/// That a worker has applied a position.
package struct Receipt: Equatable, Sendable {
    package let worker: String
    /// When the control plane heard of it.
    package let at: Timestamp
}

extension RuntimeStore {
    /// Takes a worker's word. A receipt says of every position since its last word that it has it now.
    ///
    /// - Parameter secondsAgo: when it was said; a word that is older than one that is known changes nothing.
    /// - Returns: true when it has come further than it was.
    @discardableResult
    package func record(_ acknowledgement: Acknowledgement, secondsAgo: Double = 0) -> Bool {
        let now = clock.now.adding(seconds: -secondsAgo)
        if secondsAgo > 0, workerBoard.hasHeard(of: acknowledgement.worker, since: now) { return false }
        let before = workerBoard.record(acknowledgement, at: now)?.acknowledgement
        let epoch = acknowledgement.journalEpoch
        let known = before.flatMap { $0.journalEpoch == epoch ? $0.applied.position : nil }
        let last = acknowledgement.applied.position
        guard last > known ?? 0, !acknowledgement.isGoodbye || known != nil else { return false }
        // What a new worker had from the start, it did not apply: it holds the last change of it.
        receipts.record(
            Receipts.Range(
                epoch: epoch, worker: acknowledgement.worker, first: known.map { $0 + 1 } ?? last, last: last, at: now))
        return true
    }

    /// Every worker that has not said goodbye, by name.
    package var workers: [KnownWorker] {
        let now = clock.now
        return workerBoard.entries(at: now).map {
            KnownWorker(acknowledgement: $0.acknowledgement, receivedAt: $0.receivedAt, state: $0.state(at: now))
        }
    }

    /// Misses a worker no longer that was lost for good.
    ///
    /// - Returns: false when there is none of that name.
    package func forgetWorker(_ name: String) -> Bool { workerBoard.forget(name) }

    /// Returns when these workers have applied a change, or the time is up.
    package func wait(for change: ChangeID, by names: [String], timeoutSeconds: Double) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.workerBoard.wait(for: change, by: names) }
            group.addTask { try? await Task.sleep(for: .seconds(timeoutSeconds)) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Which workers have applied a position and when, the first of them first.
    ///
    /// - Parameter journalEpoch: the line of history that the position belongs to.
    package func receipts(of position: Int, journalEpoch: String) throws -> [Receipt] {
        var found: [Receipt] = []
        try read { db in
            for worker in receipts.names {
                let unsaved = receipts.unsaved(of: worker, position, epoch: journalEpoch)
                let at = try unsaved ?? Receipts.find(worker, position, epoch: journalEpoch, db)
                if let at { found.append(Receipt(worker: worker, at: at)) }
            }
        }
        return found.sorted { ($0.at, $0.worker) < ($1.at, $1.worker) }
    }
}

extension Acknowledgement {
    /// The part before the generation.
    package var journalEpoch: String { epoch.split(separator: ".").first.map(String.init) ?? epoch }
}
