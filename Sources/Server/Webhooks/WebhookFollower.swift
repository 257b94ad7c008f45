import Domain
import EventStore
import Logging
import Runtime
import ServiceLifecycle
import Synchronization

/// Brings a message to its receiver. It must not go to addresses that are not public, whatever a name leads to.
package protocol WebhookSending: Sendable {
    func send(_ body: [UInt8], to address: String, headers: [(name: String, value: String)]) async -> DeliveryAnswer
}

/// Tells the webhooks what has happened: each its events in the order of their positions, all of them beside each
/// other, none of them on the way of a command.
package struct WebhookFollower: Service {
    /// Of webhooks that are told at once.
    private static let atOnceMax = 16
    private static let pauseSeconds = 0.25
    private static let batch = 50
    /// Batches of one webhook before others have their turn.
    private static let batchesMax = 20

    private let runtime: RuntimeStore, journal: Journal
    private let clock: WallClock, logger: Logger
    private let sender: any WebhookSending
    private let deliveries: Family<Counter>

    package init(_ services: Services, sender: any WebhookSending) {
        (runtime, journal, clock, logger) = (services.runtime, services.journal, services.clock, services.logger)
        self.sender = sender
        deliveries = services.metrics.counter(
            "botcontrol_webhook_deliveries_total", "Attempts to tell webhooks of events.", labels: ["outcome"])
        services.metrics.gauges("botcontrol_webhooks", "Webhooks by state.", labels: ["state"]) {
            [runtime = services.runtime] in
            let states = runtime.webhooks.map(\.progress.state)
            return Webhook.State.allCases.map { state in ([state.rawValue], Double(states.count { $0 == state })) }
        }
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            let running = RunningSet()
            await withDiscardingTaskGroup { group in
                while !Task.isCancelled {
                    // In another order each time, so that slow ones do not keep the same others waiting.
                    for hook in runtime.webhooks.shuffled() where isDue(hook) && hasMore(hook) {
                        guard running.begin(hook.id, countMax: Self.atOnceMax) else { continue }
                        group.addTask {
                            await tell(hook.id)
                            running.end(hook.id)
                        }
                    }
                    try? await Task.sleep(for: .seconds(Self.pauseSeconds))
                }
            }
        }
    }

    private func isDue(_ hook: Webhook) -> Bool {
        let progress = hook.progress
        return progress.state == .active && progress.nextAttemptAt.map { $0 <= clock.now } ?? true
    }

    private func hasMore(_ hook: Webhook) -> Bool {
        hook.progress.position < journal.head || runtime.parked(hook.id).contains(where: \.isQueued)
    }

    // MARK: one webhook

    private func tell(_ id: String) async {
        do {
            for parked in runtime.parked(id) where parked.isQueued && !Task.isCancelled {
                try await replay(parked, to: id)
            }
            for _ in 0..<Self.batchesMax {
                guard let hook = runtime.webhook(id), belongs(hook), isDue(hook), hook.progress.position < journal.head,
                    try await tellBatch(hook)
                else { return }
            }
        } catch {
            logger.error("a webhook could not be served", metadata: ["webhook": "\(id)", "error": "\(error)"])
        }
    }

    /// - Returns: whether to go on.
    private func tellBatch(_ hook: Webhook) async throws -> Bool {
        var filter = EventFilter(
            types: hook.types.isEmpty ? nil : hook.types, account: hook.account?.rawValue,
            first: hook.progress.position + 1)
        // Before reading: what comes in meanwhile is not passed over.
        let head = journal.head
        filter.last = head
        let page = try journal.readAll(filter, limit: Self.batch)
        for event in page.events {
            guard !Task.isCancelled, try await tell(event, hook.id) else { return false }
        }
        passOver(hook.id, through: page.next.map { $0 - 1 } ?? head)
        return true
    }

    /// Positions of another journal mean nothing here: after a restore somebody must say where to go on.
    private func belongs(_ hook: Webhook) -> Bool {
        guard hook.epoch != journal.epoch else { return true }
        var progress = hook.progress
        (progress.state, progress.problem) = (.parked, "it belongs to another journal: create it anew")
        runtime.record(progress, of: hook.id)
        return false
    }

    /// - Returns: whether to go on with the next.
    private func tell(_ event: RecordedEvent, _ id: String) async throws -> Bool {
        guard let hook = runtime.webhook(id), hook.progress.state == .active else { return false }
        let answer = await send(event, to: hook)
        // Disabled, replayed or told where to go on while the answer was on its way.
        guard let now = runtime.webhook(id), now.progress.position == hook.progress.position else { return false }
        let (step, progress) = DeliverySchedule.step(
            after: answer, at: event.position, hook.progress, parkedCount: runtime.parked(id).count,
            spread: Double.random(in: 0...1), now: clock.now)
        var delivery: ParkedDelivery?
        switch step {
        case .next: deliveries.with("delivered").increment()
        case .again: deliveries.with("failed").increment()
        case .parkEvent(let problem):
            deliveries.with("parked").increment()
            delivery = ParkedDelivery(
                position: event.position, attempts: DeliverySchedule.refusalsMax, problem: problem,
                parkedAt: clock.now)
        case .parkWebhook:
            deliveries.with("failed").increment()
            logger.warning(
                "a webhook is parked: nothing is told to it until somebody replays it",
                metadata: ["webhook": "\(id)", "problem": "\(progress.problem ?? "")"])
        }
        runtime.record(progress, of: id, parking: delivery)
        return progress.nextAttemptAt == nil && progress.state == .active
    }

    private func replay(_ parked: ParkedDelivery, to id: String) async throws {
        guard let hook = runtime.webhook(id), hook.progress.state == .active else { return }
        guard let event = try journal.event(at: parked.position) else {
            return runtime.unpark(parked.position, of: id, failing: nil)
        }
        let answer = await send(event, to: hook)
        if case .status(let status, _) = answer, (200..<300).contains(status) {
            deliveries.with("delivered").increment()
            return runtime.unpark(parked.position, of: id, failing: nil)
        }
        deliveries.with("failed").increment()
        runtime.unpark(
            parked.position, of: id,
            failing: ParkedDelivery(
                position: parked.position, attempts: parked.attempts + 1, problem: answer.problem,
                parkedAt: parked.parkedAt))
    }

    private func send(_ event: RecordedEvent, to hook: Webhook) async -> DeliveryAnswer {
        let message = WebhookMessage(event), now = clock.now
        let headers = message.headers(signedWith: hook.secrets.valid(at: now), at: now)
        return await sender.send(message.body, to: hook.address, headers: headers)
    }

    /// Nothing up to there is wanted any more.
    private func passOver(_ id: String, through position: Int) {
        guard var progress = runtime.webhook(id)?.progress, progress.position < position, progress.attempts == 0
        else { return }
        progress.position = position
        runtime.record(progress, of: id)
    }
}

/// Who is being told something now.
private final class RunningSet: Sendable {
    private let ids = Mutex<Set<String>>([])

    func begin(_ id: String, countMax: Int) -> Bool {
        ids.withLock { $0.count < countMax && $0.insert(id).inserted }
    }

    func end(_ id: String) { ids.withLock { _ = $0.remove(id) } }
}
