import Domain
import Logging
import ServiceLifecycle

/// Keeps the set as the feed has it: takes snapshots and follows, as the course says.
package struct FeedFollower: Service {
    let source: any FeedSource
    let live: LiveSet
    var clock = MonotonicClock.system
    var backoff = Backoff()
    let logger: Logger

    /// The feed cannot be followed, and waiting changes nothing.
    package struct GaveUp: Error, CustomStringConvertible {
        package let description: String
    }

    /// Thrown out of the feed's loop to end it.
    private struct Stop: Error {
        let reason: Knowledge.StartOver
    }

    /// Nothing was heard for so long that the connection must be dead, whatever it says.
    private struct Silence: Error, CustomStringConvertible {
        let description = "the feed is silent"
    }

    package func run() async throws {
        try await cancelWhenGracefulShutdown {
            var course = Course(holdsSomething: live.read { $0.set.isFilled }, backoff: backoff)
            while !Task.isCancelled {
                switch course.next {
                case .takeSnapshot: course.take(await takeSnapshot(evenOlder: course.takesOlderSnapshots))
                case .follow: course.take(await follow())
                case .rest(let duration):
                    try? await clock.sleep(for: duration)
                    course.take(.rested)
                case .giveUp(let reason): throw GaveUp(description: reason)
                }
            }
        }
    }

    private func takeSnapshot(evenOlder: Bool) async -> Course.Ending {
        let start = clock.now
        do {
            let snapshot = try await source.snapshot(beside: live.read { HeldDocuments($0.set) })
            guard evenOlder || live.accepts(snapshot.head) else {
                logger.warning(
                    "the snapshot is older than what is held and is not taken",
                    metadata: ["snapshot": "\(snapshot.head.last)"])
                return .snapshotTooOld
            }
            try live.replaceAll(snapshot)
            logger.info(
                "took a snapshot",
                metadata: [
                    "at": "\(snapshot.head.last)", "documents": "\(snapshot.entries.count)",
                    "seconds": "\((clock.now - start) / .seconds(1))",
                ])
            tellUnknownKinds()
            return .snapshotTaken
        } catch {
            return ending(of: error, "no snapshot", followedFor: .zero)
        }
    }

    /// They are no failure and not nacked: servers learn new kinds first.
    private func tellUnknownKinds() {
        let kinds = live.read { $0.set }.unknownKinds.map(\.rawValue)
        guard !kinds.isEmpty else { return }
        logger.notice(
            "some documents are for newer workers: they are kept and not used",
            metadata: ["kinds": "\(kinds.joined(separator: ", "))"])
    }

    private func follow() async -> Course.Ending {
        let start = clock.now
        let (cursor, epoch) = live.read { ($0.set.cursor, $0.set.epoch) }
        do {
            try await followOrFallSilent(after: cursor, in: epoch)
            return ending(of: FeedFailure.broken("the feed has ended"), "not following", followedFor: clock.now - start)
        } catch let stop as Stop {
            logger.warning(
                "what is held cannot be gone on from: taking a snapshot",
                metadata: ["reason": "\(stop.reason.rawValue)"])
            return .startOver(followedFor: clock.now - start)
        } catch {
            return ending(of: error, "not following", followedFor: clock.now - start)
        }
    }

    private func followOrFallSilent(after cursor: ChangeID, in epoch: String) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await source.follow(after: cursor, in: epoch) { message in
                    if case .startOver(let reason) = live.receive(message) { throw Stop(reason: reason) }
                }
            }
            group.addTask {
                // A new connection has its whole time, however long the feed was away before.
                try await clock.sleep(for: Freshness.lostAfter)
                while live.freshness != .lost { try await clock.sleep(for: .seconds(1)) }
                throw Silence()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func ending(of error: any Error, _ what: String, followedFor duration: Duration) -> Course.Ending {
        if Task.isCancelled { return .outage(followedFor: duration) }
        switch error {
        case FeedFailure.refused(let reason):
            logger.error("\(what): the feed refuses this worker", metadata: ["error": "\(reason)"])
            return .refused(reason: reason)
        case FeedFailure.unreadable(let reason):
            logger.error("\(what): the feed cannot be read", metadata: ["error": "\(reason)"])
            return .startOver(followedFor: duration)
        default:
            logger.warning("\(what): trying again", metadata: ["error": "\(error)"])
            return .outage(followedFor: duration)
        }
    }
}
