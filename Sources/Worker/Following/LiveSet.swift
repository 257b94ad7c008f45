import Domain
import Synchronization

/// The worker's one set, written by its follower and asked by everybody else, who always sees whole batches.
package final class LiveSet: Sendable {
    private let knowledge: Mutex<Knowledge>
    private let policy: LostPolicy
    private let clock: MonotonicClock
    /// Rings after every batch that changed something.
    package let doorbell = Doorbell()

    package init(_ set: ActiveSet = ActiveSet(), policy: LostPolicy = .goOn, clock: MonotonicClock = .system) {
        knowledge = Mutex(Knowledge(set, at: clock.now))
        (self.policy, self.clock) = (policy, clock)
    }

    /// Answers several questions from one state. A copy may be kept, at the price of copying on the next change.
    package func read<Value>(_ body: (borrowing Knowledge) throws -> sending Value) rethrows -> sending Value {
        try knowledge.withLock { knowledge in try body(knowledge) }
    }

    package var freshness: Freshness {
        read { [clock] in $0.freshness(at: clock.now) }
    }

    /// Whether a bot may act now; to be asked again at the moment of sending.
    package func mayAct(_ account: AccountID, on platform: Platform) -> Bool {
        let now = clock.now
        return read { knowledge in
            guard policy == .goOn || knowledge.freshness(at: now) != .lost else { return false }
            return knowledge.set.mayAct(account, on: platform)
        }
    }

    func receive(_ message: FeedMessage) -> Knowledge.Verdict {
        let now = clock.now
        let verdict = knowledge.withLock { $0.receive(message, at: now) }
        if verdict != .unchanged { doorbell.ring() }
        return verdict
    }

    func accepts(_ head: FeedHead) -> Bool { read { $0.accepts(head) } }

    /// The set is made beside the one in use, so that nobody waits for it.
    func replaceAll(_ snapshot: FeedSnapshot) throws {
        let next = try read { $0.set }.replaced(by: snapshot)
        let now = clock.now
        // What was held is let go outside of the lock: there is a lot of it.
        _ = knowledge.withLock { $0.replace(by: next, at: now) }
        doorbell.ring()
    }
}
