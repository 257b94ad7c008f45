import Commands
import Domain
import EventStore
import Foundation
import Synchronization
import TestTools

/// A clock that stands still until a test moves it.
final class TestClock: Sendable {
    static let start = 1_700_000_000_000_000
    private let microseconds = Mutex(start)

    var now: Int { microseconds.withLock { $0 } }

    func advance(seconds: Int) { microseconds.withLock { $0 += seconds * 1_000_000 } }

    var wall: WallClock { WallClock { Timestamp(microseconds: self.now) } }
}

/// A command handler on a real journal, and what a test needs beside it.
struct Bench: Sendable {
    let directory: TemporaryDirectory
    let journal: Journal
    let handler: CommandHandler
    let clock: TestClock

    /// Lends one in a directory of its own, or in the given one, and closes the journal afterwards.
    static func with<Value>(
        in directory: TemporaryDirectory? = nil, clock: TestClock = TestClock(), pagesMax: Int? = nil,
        _ body: (Bench) async throws -> Value
    ) async throws -> Value {
        let directory = try directory ?? TemporaryDirectory()
        let journal = try Journal.open(
            directory: directory.path, options: Journal.Options(now: { clock.now }, pagesMax: pagesMax))
        defer { journal.close() }
        let handler = CommandHandler(journal: journal, clock: clock.wall)
        return try await body(Bench(directory: directory, journal: journal, handler: handler, clock: clock))
    }

    /// An account with its bot connected on Twitch.
    func connect(plan: Plan = .pro) async throws {
        _ = try await handler.registerAccount(.one, name: "One", plan: plan, customBotAllowed: nil, .test())
        _ = try await handler.connectBot(.one, .twitch, .lobby, .test())
    }

    func pause(
        reason: String? = nil, until: Timestamp? = nil, _ request: CommandRequest = .test()
    ) async throws -> CommandOutcome {
        try await handler.pauseBot(.one, .twitch, reason: reason, until: until, request)
    }

    func resume(_ request: CommandRequest = .test()) async throws -> CommandOutcome {
        try await handler.resumeBot(.one, .twitch, reason: nil, request)
    }

    /// The types of the events of one entity, as the journal holds them.
    func types(_ entity: EntityID) throws -> [String] { try journal.readStream(entity.stream).map(\.type) }

    /// The fold of what the journal holds, made without the handler.
    func fold<Kind: Decider>(_ kind: Kind.Type, _ entity: EntityID) throws -> Kind.State {
        try journal.readStream(entity.stream).reduce(Kind.initial) { state, event in
            try event.data.withUnsafeBufferPointer {
                Kind.evolve(state, try Kind.Event(type: event.type, schemaVersion: event.schemaVersion, data: $0))
            }
        }
    }
}

/// Runs the same thing in many tasks at once, and returns what became of each.
func race<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Value
) async -> [Result<Value, any Error>] {
    await withTaskGroup(of: Result<Value, any Error>.self) { group in
        for number in 0..<count {
            group.addTask { do { return .success(try await body(number)) } catch { return .failure(error) } }
        }
        return await group.reduce(into: []) { $0.append($1) }
    }
}

extension [Result<CommandOutcome, any Error>] {
    var outcomes: [CommandOutcome] { compactMap { try? $0.get() } }

    var failures: [any Error] { compactMap { if case .failure(let error) = $0 { error } else { nil } } }
}
