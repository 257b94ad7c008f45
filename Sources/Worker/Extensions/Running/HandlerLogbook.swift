import Domain
import Logging
import Sandbox
import Synchronization

/// What handlers write with `ctx.log`, and why they failed, in the worker's own log: so much a minute of each install.
final class HandlerLogbook: Sendable {
    static let linesMax = 60
    static let span = Duration.seconds(60)

    private struct Page {
        var since: MonotonicClock.Instant
        var lines = 0, leftOut = 0
    }

    private let clock: MonotonicClock
    private let logger: Logger
    private let pages = Mutex<[InstallID: Page]>([:])

    init(clock: MonotonicClock, logger: Logger) {
        (self.clock, self.logger) = (clock, logger)
    }

    func write(_ lines: [String], of hit: TriggerHit) {
        for line in lines where isRoom(for: hit.install.id) {
            logger.info("an extension says", metadata: metadata(hit, ["line": "\(line)"]))
        }
    }

    func write(_ failure: SandboxFailure, of hit: TriggerHit) {
        guard isRoom(for: hit.install.id) else { return }
        logger.warning("an extension has failed", metadata: metadata(hit, ["reason": "\(failure)"]))
    }

    private func metadata(_ hit: TriggerHit, _ more: Logger.Metadata) -> Logger.Metadata {
        more.merging(["install": "\(hit.install.id)", "trigger": "\(hit.trigger.id)"]) { first, _ in first }
    }

    private func isRoom(for install: InstallID) -> Bool {
        let now = clock.now
        let (isRoom, leftOut) = pages.withLock { pages in
            var page = pages[install] ?? Page(since: now), leftOut = 0
            if now - page.since >= Self.span { (leftOut, page) = (page.leftOut, Page(since: now)) }
            page.lines += 1
            let isRoom = page.lines <= Self.linesMax
            if !isRoom { page.leftOut += 1 }
            pages[install] = page
            return (isRoom, leftOut)
        }
        if leftOut > 0 {
            logger.notice(
                "lines of an extension were left out",
                metadata: ["install": "\(install)", "lines": "\(leftOut)"])
        }
        return isRoom
    }

    func sweep() {
        let now = clock.now
        pages.withLock { pages in pages = pages.filter { now - $0.value.since < Self.span || $0.value.leftOut > 0 } }
    }
}
