import Dispatch
import Domain
import Logging
import ServiceLifecycle

/// Writes the state to its file when it has changed: every few seconds at most, and at the end.
package struct StateKeeper: Service {
    static let interval = Duration.seconds(5)
    /// Writing takes this part of the time at most, however large the state has become.
    static let restPerWriting = 20

    let file: StateFile
    let live: LiveSet
    var wallClock = WallClock.system
    var clock = MonotonicClock.system
    let logger: Logger

    package func run() async throws {
        let progress = await cancelWhenGracefulShutdown {
            var progress = Progress(saved: live.read { ($0.set.epoch, $0.set.cursor) })
            while !Task.isCancelled {
                try? await clock.sleep(for: max(Self.interval, progress.took * Self.restPerWriting))
                if !Task.isCancelled { await save(&progress) }
            }
            return progress
        }
        var last = progress
        await save(&last)
    }

    private struct Progress: Sendable {
        var saved: (epoch: String, cursor: ChangeID)
        var took = Duration.zero
        var hasFailed = false
    }

    private func save(_ progress: inout Progress) async {
        let set = live.read { $0.set }
        guard set.isFilled, (set.epoch, set.cursor) != progress.saved else { return }
        let start = clock.now
        do {
            try await onOwnThread { try file.save(set, at: wallClock.now) }
            progress.saved = (set.epoch, set.cursor)
            if progress.hasFailed { logger.info("the state can be written again") }
            progress.hasFailed = false
        } catch {
            if !progress.hasFailed { logger.warning("the state cannot be written", metadata: ["error": "\(error)"]) }
            progress.hasFailed = true
        }
        progress.took = clock.now - start
    }

    /// A disk can take its time, and the few threads of all tasks are not for waiting.
    private func onOwnThread(_ body: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global(qos: .utility).async {
                continuation.resume(with: Result { try body() })
            }
        }
    }
}
