import Domain
import Logging
import ServiceLifecycle

/// Says how far the worker has come: after each batch, every other second, and goodbye at the end.
///
/// One that does not arrive is made up for by the next; applying never waits for it.
package struct Acknowledger: Service {
    static let interval = Duration.seconds(2)
    /// A goodbye that takes longer would hold up the end of the process.
    static let goodbyeTimeout = Duration.seconds(2)

    let identity: WorkerIdentity
    let source: any FeedSource
    let live: LiveSet
    var wallClock = WallClock.system
    var clock = MonotonicClock.system
    let logger: Logger

    package func run() async throws {
        await cancelWhenGracefulShutdown { await acknowledgeAlways() }
        await sayGoodbye()
    }

    private func acknowledgeAlways() async {
        let (causes, cause) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in live.doorbell.rings() { cause.yield() }
            }
            group.addTask {
                while !Task.isCancelled {
                    cause.yield()
                    try? await clock.sleep(for: Self.interval)
                }
            }
            var hasFailed = false
            for await _ in causes { hasFailed = await acknowledge(hasFailed: hasFailed) }
        }
    }

    /// - Returns: whether it has failed; it is logged when that changes.
    private func acknowledge(hasFailed: Bool) async -> Bool {
        guard let acknowledgement = make(isGoodbye: false) else { return hasFailed }
        do {
            try await source.acknowledge(acknowledgement)
            if hasFailed { logger.info("acknowledgements arrive again") }
            return false
        } catch {
            if !hasFailed, !Task.isCancelled {
                logger.warning("acknowledgements do not arrive", metadata: ["error": "\(error)"])
            }
            return true
        }
    }

    private func sayGoodbye() async {
        guard let goodbye = make(isGoodbye: true) else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await source.acknowledge(goodbye) }
            group.addTask { try? await clock.sleep(for: Self.goodbyeTimeout) }
            await group.next()
            group.cancelAll()
        }
    }

    /// nil while there is nothing to tell of.
    private func make(isGoodbye: Bool) -> Acknowledgement? {
        live.read { knowledge in
            guard knowledge.set.isFilled else { return nil }
            return Acknowledgement(
                worker: identity.name, transport: source.transport, epoch: knowledge.set.epoch,
                applied: knowledge.set.cursor, seen: knowledge.seen, digest: knowledge.set.digest,
                nacks: knowledge.set.nacks, accounts: knowledge.set.accountCount, version: identity.version,
                at: wallClock.now, isGoodbye: isGoodbye)
        }
    }
}

/// Who the worker is.
package struct WorkerIdentity: Equatable, Sendable {
    /// One worker has it at a time.
    package let name: String
    /// Of the program.
    package let version: String

    package init(name: String, version: String) {
        (self.name, self.version) = (name, version)
    }
}
