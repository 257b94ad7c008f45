import Domain
import EventStore
import NIOCore
import Projections
import ServiceLifecycle
import Synchronization

/// Carries every change to all open streams: read once, encoded once.
final class FeedHub: Service, Sendable {
    static let subscribersMax = 10_000
    static let bookmarkSeconds = 2.0
    private static let batch = 1_000

    fileprivate struct State {
        var subscribers: [ObjectIdentifier: FeedSubscriber] = [:]
        /// The last change that was carried.
        var last: ChangeID
        var epoch: String
        var isClosed = false
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

    var count: Int { state.withLock { $0.subscribers.count } }

    /// - Returns: nil when there are too many, or the server is stopping.
    /// - Parameter cut: closes the connection.
    func subscribe(_ authorization: String, cut: @escaping @Sendable () -> Void) -> FeedSubscriber? {
        state.withLock { state in
            guard !state.isClosed, state.subscribers.count < Self.subscribersMax else { return nil }
            let subscriber = FeedSubscriber(authorization: authorization, start: state.last, cut: cut)
            state.subscribers[ObjectIdentifier(subscriber)] = subscriber
            return subscriber
        }
    }

    func remove(_ subscriber: FeedSubscriber) {
        state.withLock { $0.subscribers[ObjectIdentifier(subscriber)] = nil }
    }

    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await cancelWhenGracefulShutdown { await self.carryChanges() } }
            group.addTask { await cancelWhenGracefulShutdown { await self.tick() } }
        }
        close()
    }

    private func close() {
        let all = state.withLock { state in
            state.isClosed = true
            defer { state.subscribers = [:] }
            return state.subscribers.values.map { $0 }
        }
        for subscriber in all { subscriber.end(with: ByteBuffer(string: ": goodbye\n\n")) }
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
                if state.subscribers.isEmpty { state.last = head.last }
                guard head.last != state.last else { return false }
                guard case .changes(let changes)? = try? readModels.changes(after: state.last, limit: Self.batch),
                    let newest = changes.last
                else {
                    state.reset(to: head)
                    return false
                }
                state.offer(FeedEvents.changes(changes))
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
            await turnOut()
        }
    }

    private func bookmark() {
        state.withLock { state in
            let head = readModels.feedHead(at: clock.now)
            // Ahead already: the changes will tell.
            let chunk =
                head.last == state.last && head.epoch == state.epoch ? FeedEvents.bookmark(head) : FeedEvents.pulse
            state.offer(chunk)
        }
    }

    /// Ends the streams of those who would not be let in any more.
    private func turnOut() async {
        for subscriber in state.withLock({ $0.subscribers.values.map { $0 } }) {
            if authenticator.cached(subscriber.authorization) != nil { continue }
            do {
                _ = try await authenticator.authenticate(subscriber.authorization)
            } catch {
                remove(subscriber)
                subscriber.end(with: ByteBuffer(string: ": these credentials are taken no longer\n\n"))
            }
        }
    }
}

extension FeedHub.State {
    fileprivate mutating func offer(_ chunk: ByteBuffer) {
        for (id, subscriber) in subscribers where !subscriber.offer(chunk) { subscribers[id] = nil }
    }

    /// Tells everybody to begin anew, and goes on from where the feed stands now.
    fileprivate mutating func reset(to head: FeedHead) {
        let chunk = FeedEvents.reset(head.epoch)
        for subscriber in subscribers.values { subscriber.end(with: chunk) }
        subscribers = [:]
        (last, epoch) = (head.last, head.epoch)
    }
}
