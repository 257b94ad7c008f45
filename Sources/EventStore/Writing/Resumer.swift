import Foundation

/// Answers the callers of large batches on a thread of its own, while the writer commits the next one.
final class Resumer: @unchecked Sendable {
    private let condition = NSCondition()
    private var batches: [CommittedBatch] = []
    private var stopped = false

    init() {
        let thread = Thread { [self] in run() }
        thread.name = "journal-resumer"
        thread.start()
    }

    func resume(_ batch: CommittedBatch) {
        condition.lock()
        batches.append(batch)
        condition.signal()
        condition.unlock()
    }

    /// What was handed over before is still answered.
    func stop() {
        condition.lock()
        stopped = true
        condition.signal()
        condition.unlock()
    }

    private func run() {
        while let batches = next() {
            for batch in batches { batch.acknowledge() }
        }
    }

    private func next() -> [CommittedBatch]? {
        condition.lock()
        defer { condition.unlock() }
        while batches.isEmpty, !stopped { condition.wait() }
        guard !batches.isEmpty else { return nil }
        defer { batches = [] }
        return batches
    }
}
