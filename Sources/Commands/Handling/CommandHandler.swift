import Domain
import EventStore
import Synchronization

/// Carries out commands: loads the entity's state, lets its decider decide, and appends what it decided.
///
/// Optimistic: an append that lost a race is decided again on the new state, unless the caller named the revision.
package final class CommandHandler: Sendable {
    /// A hundred racing callers each win within a hundred rounds; more is not contention but a mistake.
    static let attemptsMax = 500

    package let journal: Journal
    package let clock: WallClock
    private let cache = StateCache()
    private let running = Mutex<Set<Hash>>([])

    package init(journal: Journal, clock: WallClock) {
        (self.journal, self.clock) = (journal, clock)
    }

    /// An entity's state with the revision that it stands at.
    package struct Loaded<State: Sendable>: Sendable {
        package let state: State, revision: Int, position: Int

        fileprivate var entry: StateCache.Entry {
            StateCache.Entry(state: state, revision: revision, position: position)
        }
    }

    /// Reads every state again: what events say of persons was erased.
    package func forgetStates() { cache.removeAll() }

    /// The newest state: whatever anybody can have seen of the entity is in it.
    package func load<Kind: Decider>(_ kind: Kind.Type, _ entity: EntityID) throws -> Loaded<Kind.State> {
        let name = entity.description
        if let entry = cache.settled(name), let loaded = Loaded<Kind.State>(entry) { return loaded }
        let known = cache.enter(name, for: .reading).flatMap(Loaded<Kind.State>.init)
        do {
            let loaded = try read(kind, entity, after: known)
            cache.leave(name, after: .reading, keeping: loaded.entry)
            return loaded
        } catch {
            cache.leave(name, after: .reading, keeping: nil)
            throw error
        }
    }

    private func read<Kind: Decider>(
        _ kind: Kind.Type, _ entity: EntityID, after known: Loaded<Kind.State>?
    ) throws -> Loaded<Kind.State> {
        let start = known ?? Loaded(state: Kind.initial, revision: -1, position: 0)
        let events = try journal.readStream(entity.stream, from: start.revision + 1)
        var state = start.state
        for event in events { state = Kind.evolve(state, try Self.decode(event, Kind.Event.self)) }
        return Loaded(
            state: state, revision: events.last?.revision ?? start.revision,
            position: events.last?.position ?? start.position)
    }

    static func decode<Event: DomainEvent>(_ event: RecordedEvent, _ type: Event.Type) throws -> Event {
        try event.data.withUnsafeBufferPointer {
            try Event(type: event.type, schemaVersion: event.schemaVersion, data: $0)
        }
    }

    /// - Parameters:
    ///   - creates: an entity that had no events answers with status 201.
    ///   - check: what else must hold; not asked when the answer was given before.
    func handle<Kind: Decider>(
        _ command: Kind.Command, by kind: Kind.Type, on entity: EntityID, _ request: CommandRequest,
        creates: Bool = false, requiring check: () throws -> Void = {}
    ) async throws -> CommandOutcome {
        try await handle(by: kind, on: entity, request, creates: creates) { _ in
            try check()
            return command
        }
    }

    /// The same for a command that depends on how things are.
    ///
    /// - Parameter command: is asked again on each new state; not at all when the answer was given before.
    func handle<Kind: Decider>(
        by kind: Kind.Type, on entity: EntityID, _ request: CommandRequest, creates: Bool = false,
        command: (Kind.State) throws -> Kind.Command
    ) async throws -> CommandOutcome {
        guard let idempotency = request.idempotency else {
            return try await decideAndAppend(by: kind, on: entity, request, creates: creates, command: command)
        }
        if let before = try replay(idempotency) { return before }
        return try await exclusively(idempotency) {
            if let before = try replay(idempotency) { return before }
            return try await decideAndAppend(by: kind, on: entity, request, creates: creates, command: command)
        }
    }

    /// Of two requests with one key only one is carried out; the other is to come again.
    func exclusively<Outcome>(
        _ idempotency: CommandRequest.Idempotency, _ body: () async throws -> Outcome
    ) async throws -> Outcome {
        guard running.withLock({ $0.insert(idempotency.key).inserted }) else { throw IdempotencyConflict.stillRunning }
        defer { _ = running.withLock { $0.remove(idempotency.key) } }
        return try await body()
    }

    private func decideAndAppend<Kind: Decider>(
        by kind: Kind.Type, on entity: EntityID, _ request: CommandRequest, creates: Bool,
        command: (Kind.State) throws -> Kind.Command
    ) async throws -> CommandOutcome {
        for _ in 0..<Self.attemptsMax {
            let loaded = try load(kind, entity)
            let command = try command(loaded.state)
            if let seen = request.seenRevision, seen != loaded.revision {
                throw PreconditionFailed(seen: seen, actual: loaded.revision)
            }
            let events = try Kind.decide(command, in: loaded.state)
            let status = creates && loaded.revision < 0 ? 201 : 200
            if events.isEmpty { return try await unchanged(loaded, on: entity, request) }
            do {
                return try await append(events, by: kind, after: loaded, on: entity, request, status: status)
            } catch is WrongExpectedRevision {
                continue
            }
        }
        throw Contention()
    }

    private func unchanged<State>(
        _ loaded: Loaded<State>, on entity: EntityID, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        if request.idempotency != nil {
            let record = request.record(status: 200) { _ in (false, loaded.position) }
            _ = try await journal.append([], to: entity.stream, expected: .any, idempotency: record)
        }
        return CommandOutcome(status: 200, changed: false, position: loaded.position, replayed: false)
    }

    private func append<Kind: Decider>(
        _ events: [Kind.Event], by kind: Kind.Type, after loaded: Loaded<Kind.State>, on entity: EntityID,
        _ request: CommandRequest, status: Int
    ) async throws -> CommandOutcome {
        let metadata = request.metadata.bytes
        let new = events.map {
            NewEvent(
                type: $0.name.rawValue, schemaVersion: Upcasters.currentVersion, data: $0.data, metadata: metadata)
        }
        let name = entity.description
        cache.enter(name, for: .appending)
        do {
            let result = try await journal.append(
                new, to: entity.stream, expected: loaded.revision < 0 ? .noStream : .exactly(loaded.revision),
                idempotency: request.record(status: status) { (true, $0.position) })
            let next = Loaded(
                state: events.reduce(loaded.state, Kind.evolve), revision: result.revision ?? -1,
                position: result.position)
            cache.leave(name, after: .appending, keeping: next.entry)
            return CommandOutcome(status: status, changed: true, position: result.position, replayed: false)
        } catch {
            cache.leave(name, after: .appending, keeping: nil)
            throw error
        }
    }

    private func replay(_ idempotency: CommandRequest.Idempotency) throws -> CommandOutcome? {
        guard let answer = try journal.answer(for: idempotency.key) else { return nil }
        guard answer.fingerprint == idempotency.fingerprint else { throw IdempotencyConflict.otherRequest }
        return try answer.meta.withUnsafeBufferPointer { bytes in
            let meta = try StoredObject(bytes)
            return CommandOutcome(
                status: answer.status, changed: try meta.require("changed", StoredObject.bool),
                position: try meta.require("position", StoredObject.integer), replayed: true)
        }
    }
}

extension CommandHandler.Loaded {
    fileprivate init?(_ entry: StateCache.Entry) {
        guard let state = entry.state as? State else { return nil }
        self.init(state: state, revision: entry.revision, position: entry.position)
    }
}

extension CommandRequest {
    fileprivate func record(
        status: Int, meta: @escaping @Sendable (AppendResult) -> (changed: Bool, position: Int)
    ) -> IdempotencyRecord? {
        idempotency.map { idempotency in
            IdempotencyRecord(key: idempotency.key, fingerprint: idempotency.fingerprint, status: status) { result in
                var writer = JSONWriter(capacityBytes: 48)
                let (changed, position) = meta(result)
                writer.object {
                    $0.member("changed", changed)
                    $0.member("position", position)
                }
                return writer.bytes
            }
        }
    }
}

extension EntityID {
    package var stream: StreamID {
        StreamID(category: category.rawValue, key: key, account: account?.rawValue)
    }
}
