import Domain
import Logging
import Synchronization

@testable import Worker

/// A worker in the test's own process: everything that it is told is followed by a second, plainer bookkeeping, which
/// finds a change that was applied out of order or twice.
final class AuditedWorker: Sendable {
    let plane: DataPlane
    private let source: AuditedFeed
    private let task: Task<Void, Never>

    init(name: String, source: any FeedSource) throws {
        var configuration = DataPlane.Configuration(WorkerIdentity(name: name, version: "test"))
        configuration.logger.logLevel = .critical
        // The shortest rests that there are.
        configuration.backoff = Backoff(random: { 0 })
        self.source = AuditedFeed(source)
        plane = try DataPlane(configuration, source: self.source)
        self.source.live.withLock { [plane] in $0 = plane.live }
        task = Task { [follower = plane.follower] in try? await follower.run() }
    }

    var digest: String { plane.live.read { $0.set.digest.description } }

    /// What was wrong, in words; and how much was looked at.
    var findings: (faults: [String], changes: Int) { source.ledger.withLock { ($0.faults, $0.changes) } }

    func say(_ acknowledgement: Acknowledgement) async throws { try await source.acknowledge(acknowledgement) }

    func stop() async {
        task.cancel()
        await task.value
        await source.close()
    }
}

/// Lets everything through, and looks at what the worker holds before and after each message.
private final class AuditedFeed: FeedSource {
    struct Ledger {
        var faults: [String] = []
        var changes = 0
        /// The furthest that the worker has come, by epoch.
        var furthest: [String: ChangeID] = [:]
    }

    let live = Mutex<LiveSet?>(nil)
    let ledger = Mutex(Ledger())
    private let source: any FeedSource
    var transport: Acknowledgement.Transport { source.transport }

    init(_ source: any FeedSource) { self.source = source }

    func snapshot(beside held: HeldDocuments) async throws -> FeedSnapshot {
        try await source.snapshot(beside: held)
    }

    func acknowledge(_ acknowledgement: Acknowledgement) async throws { try await source.acknowledge(acknowledgement) }

    func report(_ report: Report) async throws { try await source.report(report) }

    func close() async { await source.close() }

    func follow(
        after id: ChangeID, in epoch: String, deliver: @Sendable (FeedMessage) async throws -> Void
    ) async throws {
        note(held: held)
        try await source.follow(after: id, in: epoch) { [self] message in
            let before = held
            defer { note(message, before, held) }
            try await deliver(message)
        }
    }

    private var held: FeedHead {
        let set = live.withLock { $0 }?.read { $0.set } ?? ActiveSet()
        return FeedHead(epoch: set.epoch, last: set.cursor, digest: set.digest, at: Timestamp(microseconds: 0))
    }

    /// Within one line of history a worker never goes back, whatever snapshot it takes: it would lift pauses.
    private func note(held: FeedHead) {
        ledger.withLock { ledger in
            if let furthest = ledger.furthest[held.epoch], held.last < furthest {
                ledger.faults.append("went back from \(furthest) to \(held.last)")
            }
            ledger.furthest[held.epoch] = max(held.last, ledger.furthest[held.epoch] ?? .zero)
        }
    }

    private func note(_ message: FeedMessage, _ before: FeedHead, _ after: FeedHead) {
        note(held: after)
        guard case .changes(let changes) = message else {
            if before.last != after.last { fault("came to \(after.last) without a change") }
            return
        }
        var expected = before.last
        for change in changes where change.id > expected {
            guard change.previous == expected else { break }
            expected = change.id
            ledger.withLock { $0.changes += 1 }
        }
        if after.last != expected { fault("stands at \(after.last) where \(expected) was the last that followed") }
        if expected == before.last, after.digest != before.digest { fault("changed by what it knew, at \(expected)") }
    }

    private func fault(_ text: String) { ledger.withLock { $0.faults.append(text) } }
}
