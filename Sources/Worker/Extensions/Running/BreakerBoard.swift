import Domain
import Logging
import Sandbox
import Synchronization

/// The circuit breakers of all installs, and who is told when one trips or has recovered.
final class BreakerBoard: Sendable {
    private let breakers = Mutex<[InstallID: CircuitBreaker]>([:])
    private let clock: MonotonicClock
    private let wallClock: WallClock
    private let report: @Sendable (BreakerChange) -> Void
    private let logger: Logger

    init(
        clock: MonotonicClock, wallClock: WallClock, report: @escaping @Sendable (BreakerChange) -> Void, logger: Logger
    ) {
        (self.clock, self.wallClock, self.report, self.logger) = (clock, wallClock, report, logger)
    }

    func admits(_ install: ActiveInstall) -> Bool {
        let now = clock.now
        return breakers.withLock { breakers in
            breakers[install.id, default: CircuitBreaker(isTripped: install.document.trip != nil)].admits(at: now)
        }
    }

    func succeeded(_ install: InstallID) {
        tell(install, update(install) { $0.succeeded(at: $1) }, "")
    }

    func failed(_ install: InstallID, _ failure: SandboxFailure) {
        let blame = failure.kind.blame
        guard blame.isFailure else { return abandoned(install) }
        failed(install, isFatal: blame.isFatal, failure.description)
    }

    func failed(_ install: InstallID, isFatal: Bool, _ reason: String) {
        tell(install, update(install) { $0.failed(isFatal: isFatal, at: $1) }, reason)
    }

    func abandoned(_ install: InstallID) {
        breakers.withLock { $0[install]?.abandoned() }
    }

    /// Installs that are not there any more have no past.
    func keep(only installs: Set<InstallID>) {
        breakers.withLock { breakers in breakers = breakers.filter { installs.contains($0.key) } }
    }

    private func update(
        _ install: InstallID, _ body: (inout CircuitBreaker, MonotonicClock.Instant) -> CircuitBreaker.Change?
    ) -> CircuitBreaker.Change? {
        let now = clock.now
        return breakers.withLock { body(&$0[install, default: CircuitBreaker()], now) }
    }

    private func tell(_ install: InstallID, _ change: CircuitBreaker.Change?, _ reason: String) {
        let metadata: Logger.Metadata = ["install": "\(install)", "reason": "\(reason)"]
        switch change {
        case .tripped(let failures):
            logger.warning("an extension is suspended: it fails", metadata: metadata)
            let text = failures > 1 ? "\(failures) failures within a minute; the last: \(reason)" : reason
            report(BreakerChange(installID: install, state: .tripped, reason: text, at: wallClock.now))
        case .recovered:
            logger.info("an extension runs again", metadata: metadata)
            report(BreakerChange(installID: install, state: .recovered, at: wallClock.now))
        case nil: break
        }
    }
}
