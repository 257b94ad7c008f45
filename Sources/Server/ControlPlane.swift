import Domain
import EventStore
import Foundation
import Logging
import Privacy
import Projections
import Runtime

/// A data directory in use: its lock, its journal, and everything that follows from them. The composition root.
package final class ControlPlane: Sendable {
    package struct Configuration: Sendable {
        package var directory: String
        /// Requests a second of one caller; 0 for no limit.
        package var rateLimit = 500
        /// A file of public keys (JWKS, RFC 7517) whose tokens are taken too.
        package var keySetPath: String?
        /// Looks at what authors submit; nil: nothing can be submitted.
        package var bundleJudge: (any BundleJudging)?
        /// What the log of all events is called when it begins; nil: a name that no other has.
        package var logOrigin: String?
        /// Where webhooks may be.
        package var webhookRules = WebhookAddressRules()
        package var graphQL = GraphQLConfiguration()
        /// Events between two snapshots of the past, at the least.
        package var snapshotSpacing = SnapshotPlan.spacingMin
        package var clock = WallClock.system
        package var logger = Logger(label: "botcontrol")
        /// What the lock file says while the address is not known.
        package var holder = "botcontrol (process \(ProcessInfo.processInfo.processIdentifier))"

        package init(directory: String) {
            self.directory = directory
        }
    }

    package let configuration: Configuration
    package let services: Services
    package let minter: TokenMinter
    /// True when the directory was empty.
    package let isNew: Bool
    private let lock: DirectoryLock

    /// - Parameter progress: is told how far the read models are made, when they must be.
    package static func open(
        _ configuration: Configuration, progress: (Int) -> Void = { _ in }
    ) throws -> ControlPlane {
        try ControlPlane(configuration, progress: progress)
    }

    private init(_ configuration: Configuration, progress: (Int) -> Void) throws {
        self.configuration = configuration
        let directory = configuration.directory, clock = configuration.clock
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw DirectoryNotMade(directory: directory, reason: error.localizedDescription)
        }
        lock = try DirectoryLock(directory: directory, holder: configuration.holder)
        let key = try SigningKey.open(directory: directory)
        let keySet = configuration.keySetPath.map { KeySetSource(.file(path: $0)) }
        let personalKeys = try PersonalKeys(directory: directory)
        let journal = try Journal.open(
            directory: directory,
            options: .init(now: { clock.now.microseconds }, sealing: PersonalSeal(personalKeys)))
        isNew = journal.head == 0
        try ErasureDesk.settle(journal, personalKeys)
        let readModels = try ReadModels.open(journal: journal, progress: progress)
        let runtime = try RuntimeStore.open(directory: directory, clock: clock)
        let gate = Gate(
            authenticator: Authenticator(signingKey: key, runtime: runtime, keySet: keySet, clock: clock),
            limiter: RateLimiter(RateLimiter.Budgets(perSecond: configuration.rateLimit)))
        services = Services(
            journal: journal, readModels: readModels, runtime: runtime, gate: gate, keySet: keySet, clock: clock,
            logger: configuration.logger, bundles: BundleFiles(directory: directory),
            bundleJudge: configuration.bundleJudge,
            log: try LogDesk(journal: journal, origin: configuration.logOrigin),
            webhookRules: configuration.webhookRules, personalKeys: personalKeys)
        try services.sweepKeyValues()
        minter = TokenMinter(key: key, clock: clock)
    }

    /// Says in the lock file where the server can be reached, for the command line.
    package func announce(address: String) {
        lock.name("botcontrol at \(address) (process \(ProcessInfo.processInfo.processIdentifier))")
    }

    /// Writes what waits, in the order in which one thing follows from another, and lets go of the directory.
    package func close() {
        services.past.close()
        services.journal.close()
        services.readModels.close()
        services.runtime.close()
    }
}

/// The data directory is not there and cannot be made.
package struct DirectoryNotMade: Error, CustomStringConvertible {
    let directory: String, reason: String

    package var description: String {
        "\(directory) could not be made (\(reason)): name another directory with --data"
    }
}
