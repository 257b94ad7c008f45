import Domain
import Projections
import Redis
import RedisStage
import Synchronization

@testable import Worker

/// Holds what a follower was told, and follows as a worker does: it trusts `previous`, and takes a snapshot when told.
final class RedisFollower: Sendable {
    struct State: Sendable {
        var documents: [String: [UInt8]] = [:]
        var epoch = "", last = ChangeID.zero
        var bookmark: FeedHead?
        var snapshots = 0, gaps = 0, failures = 0
    }

    struct Gap: Error {}

    let state = Mutex(State())
    let feed: RedisFeed

    init(_ server: RedisServer) {
        var limits = RedisSession.Limits()
        limits.replySeconds = 1
        feed = RedisFeed(server.url, limits: limits)
    }

    var now: State { state.withLock { $0 } }

    func run() async {
        while !Task.isCancelled {
            do {
                if now.epoch.isEmpty { take(try await feed.snapshot()) }
                try await feed.follow(after: now.last, in: now.epoch) { try self.hear($0) }
            } catch is Gap {
                state.withLock { ($0.epoch, $0.gaps) = ("", $0.gaps + 1) }
            } catch {
                state.withLock { $0.failures += 1 }
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    private func take(_ snapshot: FeedSnapshot) {
        state.withLock { state in
            state.documents = [:]
            for entry in snapshot.entries { state.documents["\(entry.kind.rawValue)-\(entry.key)"] = entry.value }
            (state.epoch, state.last) = (snapshot.head.epoch, snapshot.head.last)
            state.snapshots += 1
        }
    }

    private func hear(_ message: FeedMessage) throws {
        try state.withLock { state in
            switch message {
            case .changes(let changes):
                for change in changes where change.id > state.last {
                    guard change.previous == state.last else { throw Gap() }
                    state.documents["\(change.kind.rawValue)-\(change.key)"] = change.value
                    state.last = change.id
                }
            case .bookmark(let head): state.bookmark = head
            case .reset: state.epoch = ""
            }
        }
    }

    func holds(_ stage: FeedStage) throws -> Bool {
        let now = now
        guard now.last == stage.head.last else { return false }
        var documents: [String: [UInt8]] = [:]
        try stage.readModels.feedSnapshot(at: Timestamp(microseconds: 0)) { _ in
        } entry: {
            documents["\($0.kind.rawValue)-\($0.key)"] = $0.value
        }
        return documents == now.documents
    }
}
