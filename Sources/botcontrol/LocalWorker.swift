import ArgumentParser
import Domain
import EventStore
import Foundation
import Platforms
import Projections
import Server
import ServiceLifecycle
import Worker

/// A worker in the server's own process: the same as any other, on a feed that never leaves the memory.
enum LocalWorker {
    private static let batch = 1_000

    /// - Parameters:
    ///   - credentials: where that is kept which the platforms want to see; nil for none.
    ///   - inbox: where Kick's messages come that the server takes in.
    ///   - isDemo: whether what bots do is told on standard output.
    static func services(
        beside plane: ControlPlane, credentials: CredentialKeeper?, inbox: KickInbox, isDemo: Bool
    ) throws -> [any Service] {
        let source = feed(of: plane.services)
        let data = try make(beside: plane, source)
        let outbox = ReportOutbox(
            worker: data.configuration.identity.name, source: source, logger: plane.configuration.logger)
        var configuration = ChatPlane.Configuration(worker: data.configuration.identity.name)
        configuration.wallClock = plane.services.clock
        configuration.logger = plane.configuration.logger
        configuration.uses = source
        if let credentials {
            configuration.platforms = credentials.access(hears: true, inbox: inbox, logger: configuration.logger)
        }
        let sandbox = LocalSandbox.configuration(
            of: data.configuration.identity.name, source: source, live: data.live, outbox: outbox, directory: nil,
            logger: plane.configuration.logger)
        configuration.extensions = sandbox.extensions
        configuration.extensions?.wallClock = plane.services.clock
        let chat = ChatPlane(configuration, live: data.live) { record in
            if isDemo { StandardOutput.write(DemoLog.line(record)) }
            outbox.add(record)
        } hears: {
            outbox.add($0, at: $1, trouble: $2)
        }
        return data.services + [outbox, sandbox.service] + (credentials.map { [$0] } ?? []) + chat.services
    }

    private static func make(beside plane: ControlPlane, _ source: LocalFeed) throws -> DataPlane {
        var configuration = DataPlane.Configuration(
            WorkerIdentity(name: "local", version: BotControl.configuration.version))
        configuration.logger = plane.configuration.logger
        configuration.wallClock = plane.services.clock
        return try DataPlane(configuration, source: source)
    }

    private static func feed(of services: Services) -> LocalFeed {
        LocalFeed(
            snapshot: { try await snapshot(services) },
            follow: { id, epoch, deliver in try await follow(services, after: id, in: epoch, deliver) },
            acknowledge: { services.take($0) }, report: { services.take($0) },
            bundles: LocalBundles(services: services),
            keyValues: LocalKeyValues(services: services), uses: LocalUses(services: services))
    }

    /// On a thread of its own: it takes a while.
    private static func snapshot(_ services: Services) async throws -> FeedSnapshot {
        try await withCheckedThrowingContinuation { continuation in
            Thread {
                continuation.resume(
                    with: Result {
                        var head: FeedHead?
                        var entries: [FeedEntry] = []
                        try services.readModels.feedSnapshot(at: services.clock.now) {
                            head = $0
                        } entry: {
                            entries.append($0)
                        }
                        return FeedSnapshot(
                            head: head ?? services.readModels.feedHead(at: services.clock.now), entries: entries)
                    })
            }.start()
        }
    }

    private static func follow(
        _ services: Services, after start: ChangeID, in epoch: String, _ deliver: LocalFeed.Deliver
    ) async throws {
        let readModels = services.readModels
        var id = start
        while !Task.isCancelled {
            let position = readModels.position
            guard readModels.feedEpoch == epoch,
                case .changes(let changes) = try readModels.changes(after: id, limit: batch)
            else { return try await deliver(.reset) }
            if let last = changes.last {
                id = last.id
                try await deliver(.changes(changes))
            } else if !(await readModels.wait(for: position + 1, timeoutSeconds: 2)) {
                let head = readModels.feedHead(at: services.clock.now)
                if head.last == id { try await deliver(.bookmark(head)) }
            }
        }
    }
}
