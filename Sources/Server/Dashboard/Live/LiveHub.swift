import Domain
import EventStore
import NIOCore
import Projections
import Runtime
import ServiceLifecycle
import Synchronization

/// Tells open pages what changes: every change that its reader may see, and how far the workers have come.
final class LiveHub: Service, Sendable {
    static let tickMilliseconds = 250
    /// A page that hears nothing for twice as long says so.
    static let pulseSeconds = 2.0
    private static let batch = 200

    fileprivate struct State {
        var streams = OpenStreams<Caller>()
        /// The last change that was told.
        var last: ChangeID
        var epoch: String
        var fleet: Fleet?
        var toldAt = Timestamp.earliest
    }

    private let readModels: ReadModels
    private let runtime: RuntimeStore
    private let journal: Journal
    private let authenticator: Authenticator
    private let clock: WallClock
    private let state: Mutex<State>

    init(
        readModels: ReadModels, runtime: RuntimeStore, journal: Journal, authenticator: Authenticator,
        clock: WallClock
    ) {
        (self.readModels, self.runtime, self.journal) = (readModels, runtime, journal)
        (self.authenticator, self.clock) = (authenticator, clock)
        let head = readModels.feedHead(at: clock.now)
        state = Mutex(State(last: head.last, epoch: head.epoch))
    }

    var count: Int { state.withLock { $0.streams.count } }

    func subscribe(
        _ authorization: String, _ caller: Caller, cut: @escaping @Sendable () -> Void
    ) -> (stream: OpenStream, start: Void)? {
        state.withLock { state in
            guard let stream = state.streams.open(authorization, caller, cut: cut) else { return nil }
            stream.offer(LiveEvents.state(fleet, readModels.position, at: clock.now))
            return (stream, ())
        }
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

    private func carry() {
        state.withLock { state in
            let head = readModels.feedHead(at: clock.now)
            defer { (state.last, state.epoch) = (head.last, head.epoch) }
            guard head.last != state.last || head.epoch != state.epoch, !state.streams.isEmpty else { return }
            // One more than are told one by one: then a page is quicker with reading all anew.
            guard head.epoch == state.epoch,
                case .changes(let changes)? = try? readModels.changes(after: state.last, limit: Self.batch + 1),
                changes.count <= Self.batch
            else { return state.streams.offer(LiveEvents.refresh) }
            let told = changes.map { LiveChange($0, readModels, runtime) }
            state.streams.offer { caller in LiveEvents.changes(told, for: caller) }
        }
    }

    private func tick() async {
        var lookedAt = clock.now
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(Self.tickMilliseconds))
            carry()
            tellFleet()
            guard abs(clock.now.seconds(since: lookedAt)) >= Self.pulseSeconds else { continue }
            lookedAt = clock.now
            await authenticator.turnOut(state.withLock { $0.streams.all }) { remove($0) }
        }
    }

    private func tellFleet() {
        state.withLock { state in
            guard !state.streams.isEmpty else { return }
            let now = clock.now, fleet = fleet
            guard fleet != state.fleet || abs(now.seconds(since: state.toldAt)) >= Self.pulseSeconds else { return }
            (state.fleet, state.toldAt) = (fleet, now)
            state.streams.offer(LiveEvents.state(fleet, readModels.position, at: now))
        }
    }

    private var fleet: Fleet { Fleet(runtime.workers, epoch: journal.epoch) }
}

/// How far the workers have come, without their names.
struct Fleet: Equatable, Sendable {
    /// How many stand at a position; those who follow another journal at 0.
    private(set) var applied: [Int: Int] = [:]
    private(set) var silent = 0

    init(_ workers: [KnownWorker], epoch: String) {
        for worker in workers {
            let said = worker.acknowledgement
            applied[said.journalEpoch == epoch ? said.applied.position : 0, default: 0] += 1
            if worker.state != .live { silent += 1 }
        }
    }
}
