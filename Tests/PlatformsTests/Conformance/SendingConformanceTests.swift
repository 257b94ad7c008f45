import Domain
import Platforms
import Synchronization
import TestTools
import Testing
import Worker

@Suite("Every platform's actions, as a worker sends them", .timeLimit(.minutes(2)))
struct SendingConformanceTests {
    private static func record(_ action: ChatAction, _ bench: any PlatformBench, seconds: Int? = nil)
        -> ModerationRecord
    {
        ModerationRecord(
            at: WallClock.system.now, worker: "w", channel: bench.channel, messageID: "m",
            author: ChatUser(id: bench.id(of: "bob"), login: "bob", name: "bob"), text: "spam",
            module: "spam_protection", rule: "repeated_messages", matched: nil, action: action.name,
            durationSeconds: seconds, reason: "spam", outcome: .observed)
    }

    /// What becomes of one action.
    private static func send(
        _ action: ChatAction, seconds: Int? = nil, on bench: any PlatformBench,
        gate: @escaping @Sendable (PendingAction) -> Bool = { _ in true }
    ) async throws -> ModerationRecord? {
        let records = Mutex<[ModerationRecord]>([])
        let sender = ActionSender(
            bench.hands, limit: RateLimit(count: 20, seconds: 30), gate: gate,
            report: { record in records.withLock { $0.append(record) } })
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await sender.run() }
            sender.put([
                PendingAction(
                    action, record: record(action, bench, seconds: seconds), decidedAt: MonotonicClock.system.now)
            ])
            await until { records.withLock { !$0.isEmpty } }
            group.cancelAll()
        }
        return records.withLock { $0.first }
    }

    @Test(arguments: BenchKind.allCases)
    func `are not sent when the bot was paused meanwhile`(kind: BenchKind) async throws {
        try await kind.with { bench in
            let id = bench.say("spam", by: "bob")
            let record = try await Self.send(.delete(messageID: id), on: bench) { _ in false }
            #expect(record?.outcome == .halted)
            #expect(bench.requestCount == 0)
            #expect(bench.deeds.isEmpty)
        }
    }

    @Test(arguments: BenchKind.allCases)
    func `are recorded with the length that was really set`(kind: BenchKind) async throws {
        try await kind.with { bench in
            guard let timeout = bench.traits.timeouts.last else { return }
            _ = bench.say("spam", by: "bob")
            let action = ChatAction.timeout(userID: bench.id(of: "bob"), seconds: timeout.asked, reason: nil)
            let record = try await Self.send(action, seconds: timeout.asked, on: bench)
            #expect(record?.outcome == .done)
            #expect(record?.durationSeconds == timeout.set)
        }
    }

    @Test(arguments: BenchKind.allCases)
    func `are tried again after a limit, and done once`(kind: BenchKind) async throws {
        try await kind.with { bench in
            let id = bench.say("spam", by: "bob")
            bench.limitRate(.delete, seconds: 1)
            let record = try await Self.send(.delete(messageID: id), on: bench)
            #expect(record?.outcome == .done)
            #expect(bench.deeds == [.deleted(id)])
        }
    }

    @Test(arguments: BenchKind.allCases)
    func `turn a warning into a line of chat where there are none`(kind: BenchKind) async throws {
        try await kind.with { bench in
            _ = bench.say("spam", by: "bob")
            let bob = bench.id(of: "bob")
            let record = try await Self.send(.warn(userID: bob, reason: "mind it"), on: bench)
            #expect(record?.outcome == .done)
            #expect(bench.deeds == (bench.traits.warns ? [.warned(bob, "mind it")] : [.said("mind it")]))
        }
    }
}
