import EventStore
import Foundation
import Logging
import Projections
import ServiceLifecycle

/// Makes the snapshots of the read models as the journal grows, on a thread of its own that gives way to all others.
struct HistoryUpkeep: Service {
    /// The present goes first: whoever has waited long for a snapshot can wait a moment longer.
    private static let pauseSeconds = 0.05
    private static let retrySeconds = 60.0

    let services: Services
    private let keeper: SnapshotKeeper

    init(services: Services, spacing: Int) {
        self.services = services
        keeper = SnapshotKeeper(services.past.history, services.readModels, spacingMin: spacing)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var isOpen = false
            while !Task.isCancelled {
                do {
                    if !isOpen { try await onThread { try keeper.open() } }
                    isOpen = true
                    try await wait(after: try await onThread { try keeper.step() })
                } catch is CancellationError {
                    return
                } catch JournalError.closed {
                    return
                } catch {
                    services.logger.warning("no snapshots of the past are made", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: .seconds(Self.retrySeconds))
                }
            }
        }
    }

    private func wait(after step: SnapshotKeeper.Step) async throws {
        switch step {
        case .made: try await Task.sleep(for: .seconds(Self.pauseSeconds))
        case .idle(let position): _ = await services.journal.doorbell.wait(for: position)
        case .noRoom:
            services.logger.warning("the disk is almost full: no snapshots of the past are made")
            try await Task.sleep(for: .seconds(Self.retrySeconds))
        }
        try Task.checkCancellation()
    }

    private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                HistoryDesk.giveWay()
                continuation.resume(with: Result { try body() })
            }
            thread.name = "history upkeep"
            thread.start()
        }
    }
}
