import Domain
import EventStore
import NIOCore
import Projections
import ServiceLifecycle
import Synchronization

/// Carries every change to all open streams: read once, encoded once.
final class FeedHub: Service, Sendable {
    static let bookmarkSeconds = 2.0
    private static let batch = 1_000

    fileprivate struct State {
        var streams = OpenStreams<Void>()
        /// The last change that was carried.
        var last: ChangeID
        var epoch: String
    }

    private let readModels: ReadModels
    private let authenticator: Authenticator
    private let clock: WallClock
    private let state: Mutex<State>

    init(readModels: ReadModels, authenticator: Authenticator, clock: WallClock) {
        (self.readModels, self.authenticator, self.clock) = (readModels, authenticator, clock)
        let head = readModels.feedHead(at: clock.now)
        state = Mutex(State(last: head.last, epoch: head.epoch))
    }

    var count: Int { state.withLock { $0.streams.count } }

    /// - Returns: the stream, and the last change that stands before everything offered to it.
    func subscribe(
        _ authorization: String, cut: @escaping @Sendable () -> Void
    ) -> (stream: OpenStream, start: ChangeID)? {
        state.withLock { state in state.streams.open(authorization, (), cut: cut).map { ($0, state.last) } }
    }

    func remove(_ stream: OpenStream) {
        state.withLock { $0.streams.remove(stream) }
    }

    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await cancelWhenGracefulShutdown { await self.carryChanges() } }
            group.addTask { await cancelWhenGracefulShutdown { await self.tick() } }
        }
        state.withLock { $0.streams.close() }
    }

    private func carryChanges() async {
        while !Task.isCancelled {
            let position = readModels.position
            carry()
            _ = await readModels.doorbell.wait(for: position + 1)
        }
    }

    /// Reads what is new and offers it to everybody, in one step, so that streams see changes in their order.
    private func carry() {
        while true {
            let isMore = state.withLock { state -> Bool in
                let head = readModels.feedHead(at: clock.now)
                guard head.epoch == state.epoch else {
                    state.reset(to: head)
                    return false
                }
                if state.streams.isEmpty { state.last = head.last }
                guard head.last != state.last else { return false }
                guard case .changes(let changes)? = try? readModels.changes(after: state.last, limit: Self.batch),
                    let newest = changes.last
                else {
                    state.reset(to: head)
                    return false
                }
                state.streams.offer(FeedEvents.changes(changes))
                state.last = newest.id
                return true
            }
            if !isMore { return }
        }
    }

    private func tick() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(Self.bookmarkSeconds))
            carry()
            bookmark()
            await authenticator.turnOut(state.withLock { $0.streams.all }) { remove($0) }
        }
    }

    private func bookmark() {
        state.withLock { state in
            let head = readModels.feedHead(at: clock.now)
            // Ahead already: the changes will tell.
            let chunk =
                head.last == state.last && head.epoch == state.epoch ? FeedEvents.bookmark(head) : FeedEvents.pulse
            state.streams.offer(chunk)
        }
    }
}

extension FeedHub.State {
    /// Tells everybody to begin anew, and goes on from where the feed stands now.
    fileprivate mutating func reset(to head: FeedHead) {
        streams.end(with: FeedEvents.reset(head.epoch))
        (last, epoch) = (head.last, head.epoch)
    }
}
