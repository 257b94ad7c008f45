import Foundation
import Threading

/// Answers the callers of large batches on a thread of its own, while the writer commits the next one.
final class Resumer: Sendable {
    private let mailbox = Mailbox<CommittedBatch>()

    init() {
        let mailbox = mailbox
        let thread = Thread {
            while let batches = mailbox.take() { batches.forEach { $0.acknowledge() } }
        }
        thread.name = "journal-resumer"
        thread.start()
    }

    func resume(_ batch: CommittedBatch) {
        mailbox.put(batch)
    }

    /// What was handed over before is still answered.
    func stop() {
        mailbox.close()
    }
}
