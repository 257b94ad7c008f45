import Commands
import Domain
import EventStore
import Projections
import Runtime

/// How far a command's change had come when its caller was answered.
struct Reach: Sendable {
    /// The read models show it.
    let isVisible: Bool
    /// nil: the caller did not ask.
    let convergence: Convergence?
}

/// Which workers have applied a change, and which have not.
struct Convergence: Sendable {
    let position: Int
    /// nil: there is no worker at all.
    let isConverged: Bool?
    let applied: [Applied]
    /// Live ones that have not applied it.
    let missing: [String]
    /// Ones that are not heard of and may still act on what was before.
    let unreachable: [String]

    struct Applied: Sendable {
        let worker: String
        let at: Timestamp
        /// From the recording of the change; nil when that is long ago.
        let milliseconds: Int?
    }

    func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("position", position)
            object.name("converged")
            if let isConverged { object.bool(isConverged) } else { object.null() }
            object.name("applied")
            object.array { array in
                for one in applied {
                    array.object {
                        $0.member("worker", one.worker)
                        $0.member("at", one.at.description)
                        $0.name("ms")
                        if let milliseconds = one.milliseconds { $0.integer(milliseconds) } else { $0.null() }
                    }
                }
            }
            object.name("missing")
            object.array { array in missing.forEach { array.string($0) } }
            object.name("unreachable")
            object.array { array in unreachable.forEach { array.string($0) } }
        }
    }
}

extension Services {
    /// Waits until a command's change can be read, and for the workers when the caller asks for it.
    func reach(_ outcome: CommandOutcome, for call: Call) async throws -> Reach {
        let isVisible = await readModels.wait(for: outcome.position, timeoutSeconds: Self.visibilitySecondsMax)
        guard let waiting = call.waiting else { return Reach(isVisible: isVisible, convergence: nil) }
        return Reach(isVisible: isVisible, convergence: try await converge(on: outcome.position, waiting))
    }

    private func converge(on position: Int, _ waiting: Waiting) async throws -> Convergence {
        // A stream that is parked has made no change; then the one before it is what workers can have.
        let target = min(ChangeID(position: position, index: 0), readModels.feedHead(at: clock.now).last)
        let live = runtime.workers.filter { $0.state == .live && follows($0) }
        await runtime.wait(
            for: target, by: live.map(\.acknowledgement.worker), timeoutSeconds: waiting.timeoutSeconds)
        let workers = runtime.workers
        let applied = workers.filter { follows($0) && $0.acknowledgement.applied >= target }
        let others = workers.filter { !follows($0) || $0.acknowledgement.applied < target }
        let missing = others.filter { $0.state == .live }, unreachable = others.filter { $0.state != .live }
        return Convergence(
            position: target.position, isConverged: workers.isEmpty ? nil : missing.isEmpty && unreachable.isEmpty,
            applied: try describe(applied, target), missing: missing.map(\.acknowledgement.worker),
            unreachable: unreachable.map(\.acknowledgement.worker))
    }

    private func describe(_ workers: [KnownWorker], _ target: ChangeID) throws -> [Convergence.Applied] {
        let recordedAt = readModels.digest(after: target)?.recordedAt
        let receipts = try runtime.receipts(of: target.position, journalEpoch: journal.epoch)
        return workers.map { worker in
            let name = worker.acknowledgement.worker
            let at = receipts.first { $0.worker == name }?.at ?? worker.receivedAt
            return Convergence.Applied(
                worker: name, at: at,
                milliseconds: recordedAt.map { max(0, Int(at.seconds(since: $0) * 1000)) })
        }
    }

    /// Whether a worker's changes are those of this journal.
    func follows(_ worker: KnownWorker) -> Bool { worker.acknowledgement.journalEpoch == journal.epoch }

    /// Takes a worker's word, and measures how long its last change took to come to it.
    ///
    /// - Parameter secondsAgo: when it was said, if it was kept for us.
    package func take(_ acknowledgement: Acknowledgement, secondsAgo: Double = 0) {
        guard runtime.record(acknowledgement, secondsAgo: secondsAgo), acknowledgement.journalEpoch == journal.epoch,
            let recordedAt = readModels.digest(after: acknowledgement.applied)?.recordedAt
        else { return }
        convergenceSeconds.with(acknowledgement.worker).observe(
            max(0, clock.now.seconds(since: recordedAt) - secondsAgo))
    }
}
