import ArgumentParser
import Domain
import EventStore
import Foundation
import Projections
import Server
import ServiceLifecycle
import Worker

/// A worker in the server's own process: the same as any other, on a feed that never leaves the memory.
enum LocalWorker {
    private static let batch = 1_000

    static func make(beside plane: ControlPlane) throws -> DataPlane {
        var configuration = DataPlane.Configuration(
            WorkerIdentity(name: "local", version: BotControl.configuration.version))
        configuration.logger = plane.configuration.logger
        configuration.wallClock = plane.services.clock
        return try DataPlane(configuration, source: feed(of: plane.services))
    }

    private static func feed(of services: Services) -> LocalFeed {
        LocalFeed(
            snapshot: { try await snapshot(services) },
            follow: { id, epoch, deliver in try await follow(services, after: id, in: epoch, deliver) },
            acknowledge: { services.take($0) }, report: { services.take($0) })
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
