import Domain
import Platforms
import Logging
import ServiceLifecycle
import Synchronization
import TestTools
import Testing

@testable import Worker

@Suite("The sender of actions")
struct ActionSenderTests {
    private let platform = ScriptedPlatform()
    private let clock = HandClock()

    private let gate = Gate(true)
    private let log = Log()

    private final class Log: Sendable {
        private let lines = Mutex<[ModerationRecord]>([])
        func add(_ record: ModerationRecord) { lines.withLock { $0.append(record) } }
        var outcomes: [ModerationRecord.Outcome] { lines.withLock { $0.map(\.outcome) } }
    }

    private func withSender(_ body: (ActionSender) async throws -> Void) async throws {
        let (gate, log) = (gate, log)
        let sender = ActionSender(
            platform, limit: RateLimit(count: 20, seconds: 30), clock: clock.monotonic,
            backoff: Backoff(random: { 0 }), gate: { _ in gate.value }, report: { log.add($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await sender.run() }
            try await body(sender)
            group.cancelAll()
        }
    }

    @Test func `sends and says what became of it`() async throws {
        platform.answer(.done(seconds: nil), .notActionable(reason: "a moderator"))
        try await withSender { sender in
            sender.put([.delete("1", at: clock.now)])
            await until { log.outcomes == [.done] }
            sender.put([.delete("2", at: clock.now)])
            await until { log.outcomes == [.done, .notActionable] }
        }
        #expect(platform.asked == [.delete(messageID: "1"), .delete(messageID: "2")])
    }

    @Test func `asks at the moment of sending whether the bot may act`() async throws {
        platform.answer(.failed(reason: "500", retryAfterSeconds: 10))
        try await withSender { sender in
            sender.put([.delete("1", at: clock.now)])
            await until { platform.asked.count == 1 && clock.sleeperCount > 0 }
            gate.value = false
            clock.advance(by: .seconds(10))
            await until { log.outcomes == [.halted] }
        }
        #expect(platform.asked.count == 1)
    }

    @Test func `is not held up by a channel that hangs`() async throws {
        let (stuck, free) = (ChatChannel.sample("stuck"), ChatChannel.sample("free"))
        platform.hold(stuck)
        try await withSender { sender in
            sender.put((0..<100).map { .delete("\($0)", in: stuck, at: clock.now) })
            sender.put((0..<100).map { .delete("\($0)", in: free, at: clock.now) })
            await until { platform.asked(in: free).count == 100 }
            #expect(platform.asked(in: stuck).count == ActionLane.inFlightMax)
            platform.release(stuck)
            await until { platform.asked(in: stuck).count == 100 }
        }
    }

    @Test func `tries again when the platform has said so`() async throws {
        platform.answer(.rateLimited(retryAfterSeconds: 3), .done(seconds: nil))
        try await withSender { sender in
            sender.put([.delete("1", at: clock.now)])
            await until { platform.asked.count == 1 && clock.sleeperCount > 0 }
            clock.advance(by: .seconds(3))
            await until { log.outcomes == [.done] }
        }
    }

    @Test func `sends what it has before it stops, and gives up what takes too long`() async throws {
        let (stuck, free) = (ChatChannel.sample("stuck"), ChatChannel.sample("free"))
        let (gate, log) = (gate, log)
        let sender = ActionSender(
            platform, limit: RateLimit(count: 20, seconds: 30), clock: clock.monotonic,
            gate: { _ in gate.value }, report: { log.add($0) })
        platform.hold(stuck)
        sender.put((0..<6).map { .delete("\($0)", in: stuck, at: clock.now) })
        sender.put((0..<50).map { .delete("\($0)", in: free, at: clock.now) })
        let group = ServiceGroup(services: [sender], logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await until { platform.asked(in: stuck).count == ActionLane.inFlightMax }
            await group.triggerGracefulShutdown()
            await until { log.outcomes.count { $0 == .done } == 50 && clock.sleeperCount > 0 }
            clock.advance(by: ActionSender.drainTimeout)
            await until { log.outcomes.count { $0 == .failed } == 2 }
            platform.release(stuck)
            try await tasks.waitForAll()
        }
        #expect(log.outcomes.count { $0 == .done } == 54)
    }
}
