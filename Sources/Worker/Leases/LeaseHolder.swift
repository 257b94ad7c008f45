import Domain
import Logging
import ServiceLifecycle
import Synchronization

/// Who shares the bots between workers.
package protocol LeaseAuthority: Sendable {
    /// Takes and keeps as many of these as nobody else has.
    ///
    /// - Returns: the fences of those that are this worker's for `term` from the moment of the call.
    func renew(_ bots: [BotName], for term: Duration) async throws -> [BotName: Int]

    /// Whether this worker still has it, under that fence: to be asked where acting twice would be seen.
    func holds(_ bot: BotName, _ fence: Int) async throws -> Bool

    /// Gives them back, so that nobody has to wait for their end.
    func release(_ bots: [BotName: Int]) async throws
}

/// A worker that is alone has every bot.
package struct SoleAuthority: LeaseAuthority {
    package init() {}

    package func renew(_ bots: [BotName], for term: Duration) async throws -> [BotName: Int] {
        Dictionary(uniqueKeysWithValues: bots.map { ($0, 0) })
    }

    package func holds(_ bot: BotName, _ fence: Int) async throws -> Bool { true }

    package func release(_ bots: [BotName: Int]) async throws {}
}

/// The bots that are this worker's at the moment.
///
/// A lease ends here before it ends for the others, by the worker's own clock: between the two nobody has it. While
/// nobody can be asked, what is held runs out.
package final class LeaseHolder: Service {
    static let term = Duration.seconds(6), interval = Duration.seconds(2)
    /// Clocks do not run equally fast, and a request takes its time.
    static let margin = Duration.seconds(1)

    private let authority: any LeaseAuthority
    private let live: LiveSet
    private let platforms: Set<Platform>
    private let clock: MonotonicClock
    private let logger: Logger
    private let leases = Mutex<[BotName: BotLease]>([:])
    /// Rings when bots were won or lost.
    package let doorbell = Doorbell()

    /// - Parameter platforms: where this worker can act; others may have the rest.
    package init(
        _ authority: any LeaseAuthority, live: LiveSet, platforms: Set<Platform> = Set(Platform.allCases),
        clock: MonotonicClock = .system,
        logger: Logger = Logger(label: "botcontrol.leases")
    ) {
        (self.authority, self.live, self.platforms) = (authority, live, platforms)
        (self.clock, self.logger) = (clock, logger)
    }

    /// nil when it is not, or no longer, this worker's.
    package func lease(_ bot: BotName) -> BotLease? {
        let now = clock.now
        return leases.withLock { $0[bot] }.flatMap { $0.until > now ? $0 : nil }
    }

    package var held: [BotName: BotLease] {
        let now = clock.now
        return leases.withLock { $0.filter { $0.value.until > now } }
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var hasFailed = false
            while !Task.isCancelled {
                let rings = self.live.doorbell.count
                hasFailed = await self.renew(hasFailed: hasFailed)
                await self.rest(beyond: rings)
            }
        }
        try? await authority.release(held.mapValues(\.fence))
    }

    /// A change of the active set may have brought a bot: it does not wait for the next turn, nor does it ask at once
    /// for each of many.
    private func rest(beyond rings: Int) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [live, clock] in
                await live.doorbell.wait(beyond: rings)
                try? await clock.sleep(for: .milliseconds(200))
            }
            group.addTask { [clock] in try? await clock.sleep(for: Self.interval) }
            await group.next()
            group.cancelAll()
        }
    }

    private func renew(hasFailed: Bool) async -> Bool {
        let wanted = live.connectedBots.filter { platforms.contains($0.platform) }
        let now = clock.now
        do {
            let fences = try await authority.renew(wanted, for: Self.term)
            let until = now + Self.term - Self.margin
            let next = fences.mapValues { BotLease(fence: $0, until: until) }
            let isOther = leases.withLock { leases in
                defer { leases = next }
                return leases.mapValues(\.fence) != fences
            }
            if isOther { doorbell.ring() }
            if hasFailed { logger.info("leases are renewed again", metadata: ["bots": "\(fences.count)"]) }
            return false
        } catch {
            if !hasFailed, !Task.isCancelled {
                logger.warning("leases cannot be renewed: they run out", metadata: ["error": "\(error)"])
            }
            return true
        }
    }
}

extension LiveSet {
    /// In a fixed order. Paused ones are among them: a pause may end.
    var connectedBots: [BotName] {
        let set = read { $0.set }
        return set.tenants.flatMap { account, tenant in
            tenant.bots.filter { $0.connection != nil }.map { BotName(account, on: $0.platform) }
        }.sorted { $0.description < $1.description }
    }
}
