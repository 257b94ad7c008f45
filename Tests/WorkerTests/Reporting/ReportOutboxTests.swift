import Domain
import Logging
import ServiceLifecycle
import Synchronization
import TestTools
import Testing

@testable import Worker

@Suite("A worker's reports")
struct ReportOutboxTests {
    private let clock = HandClock()
    private let server = Server()

    /// Takes reports, unless it is away.
    private final class Server: Sendable {
        private let reports = Mutex<[Report]>([])
        let isAway = Gate()

        func take(_ report: Report) throws {
            if isAway.value { throw FeedFailure.unreadable("away") }
            reports.withLock { $0.append(report) }
        }

        var all: [Report] { reports.withLock { $0 } }
        var texts: [String] { all.flatMap { $0.moderation.map(\.text) } }
    }

    private func outbox() -> ReportOutbox {
        let server = server
        let feed = LocalFeed(
            snapshot: { throw CancellationError() }, follow: { _, _, _ in }, acknowledge: { _ in },
            report: { try server.take($0) })
        return ReportOutbox(
            worker: "w", source: feed, clock: clock.monotonic, backoff: Backoff(random: { 0 }),
            logger: Logger(label: "test"))
    }

    private func record(_ text: String) -> ModerationRecord {
        var record = PendingAction.delete("1", at: clock.now).record
        record.text = text
        return record
    }

    private func running(_ outbox: ReportOutbox, _ body: () async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await outbox.run() }
            await body()
            group.cancelAll()
        }
    }

    /// Lets time go on until something is so.
    private func passing(_ isSo: () -> Bool) async {
        await until {
            clock.advance(by: .milliseconds(100))
            return isSo()
        }
    }

    @Test func `carry all lines in order, many together`() async {
        let outbox = outbox()
        await running(outbox) {
            for index in 0..<1_000 { outbox.add(record("\(index)")) }
            await passing { server.texts.count == 1_000 }
        }
        #expect(server.texts == (0..<1_000).map { "\($0)" })
        #expect(server.all.count < 20)
    }

    @Test func `wait for a server that is away, and lose the oldest when it takes too long`() async {
        let outbox = outbox()
        server.isAway.value = true
        await running(outbox) {
            for index in 0..<(ReportOutbox.recordsMax + 10) { outbox.add(record("\(index)")) }
            for _ in 0..<20 {
                await until { clock.sleeperCount > 0 }
                clock.advance(by: .seconds(5))
            }
            #expect(server.all.isEmpty)
            server.isAway.value = false
            await passing { server.texts.count == ReportOutbox.recordsMax }
        }
        #expect(server.texts == (10..<(ReportOutbox.recordsMax + 10)).map { "\($0)" })
        #expect(outbox.lostCount == 10)
    }

    @Test func `say now and then that a bot lives`() async {
        let outbox = outbox()
        let channel = ChatChannel.sample()
        await running(outbox) {
            for _ in 0..<50 {
                outbox.add(channel, at: Samples.now, trouble: nil)
                await until { clock.sleeperCount > 0 || server.all.count > 0 }
                clock.advance(by: .milliseconds(100))
            }
            await passing { server.all.count == 1 }
            clock.advance(by: ReportOutbox.heartbeatInterval)
            outbox.add(channel, at: Samples.now, trouble: nil)
            await passing { server.all.count == 2 }
        }
        #expect(server.all.flatMap(\.heartbeats).count == 2)
    }

    @Test func `say at once that a bot has become deaf, and that it hears again`() async {
        let outbox = outbox()
        let channel = ChatChannel.sample()
        let words: [String?] = [nil, "no right to read", "no right to read", nil, nil]
        await running(outbox) {
            var told: [String?] = []
            for word in words {
                outbox.add(channel, at: Samples.now, trouble: word)
                if told.last != .some(word) { told.append(word) }
                await passing { server.all.flatMap(\.heartbeats).map(\.trouble) == told }
            }
        }
        #expect(server.all.flatMap(\.heartbeats).map(\.trouble) == [nil, "no right to read", nil])
    }

    @Test func `go out at the end`() async throws {
        let outbox = outbox()
        outbox.add(record("last"))
        let group = ServiceGroup(services: [outbox], logger: Logger(label: "test"))
        await group.triggerGracefulShutdown()
        try await group.run()
        #expect(server.texts == ["last"])
    }
}
