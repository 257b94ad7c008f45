import Domain
import Redis
import RedisStage
import Relay
import Synchronization
import TestTools
import Testing

@testable import Worker

@Suite("What a worker reports", .timeLimit(.minutes(2)))
struct ReportingTests {
    /// So much that it needs several documents.
    fileprivate static let report = Report(
        worker: "w1", heartbeats: [Heartbeat(accountID: AccountID(stored: "acct_1"), platform: .kick, at: at)],
        moderation: (0..<500).map { number in
            ModerationRecord(
                at: at, worker: "w1", channel: .sample(), messageID: "m\(number)", author: .sample(), text: "buy",
                module: "word_filter", rule: "blocked_words", action: .delete, reason: "blocked", outcome: .done)
        })
    private static let at = Timestamp("2026-11-21T10:00:00Z")!

    private final class Taken: Sendable {
        private let reports = Mutex<[Report]>([])

        func add(_ report: Report) { reports.withLock { $0.append(report) } }

        var all: [Report] { reports.withLock { $0 } }
        var isComplete: Bool {
            all.flatMap(\.moderation) == ReportingTests.report.moderation
                && all.flatMap(\.heartbeats) == ReportingTests.report.heartbeats
        }
    }

    @Test func `is posted over HTTP, a document at a time`() async throws {
        let taken = Taken()
        let server = try FakeServer { request, connection in
            if let json = try? JSONParser.parse(request.body), let report = try? Report(json) { taken.add(report) }
            connection.answer("200 OK", "{}")
        }
        let feed = HTTPFeed(server: server.address, token: "secret")
        try await feed.report(Self.report)
        try await feed.report(Report(worker: "w1"))
        await feed.close()
        #expect(taken.isComplete && server.requests.count == Self.report.parts.count)
        let first = try #require(server.requests.first)
        #expect(first.line == "POST /v1/internal/reports HTTP/1.1")
        #expect(first.headers.contains { $0.lowercased() == "authorization: bearer secret" })
    }

    @Test func `says when the server does not take it`() async throws {
        let server = try FakeServer { _, connection in connection.answer("503 Service Unavailable") }
        let feed = HTTPFeed(server: server.address, token: nil)
        await #expect(throws: FeedFailure.self) { try await feed.report(Self.report) }
        await feed.close()
        #expect(server.requests.count == 1, "the rest is not tried")
    }

    @Test func `arrives over Redis, in its order, at a relay that comes later`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        try await FeedStage.with { stage in
            let feed = RedisFeed(server.url), taken = Taken(), place = Mutex<String?>(nil)
            try await feed.report(Self.report)
            let intake = ReportIntake(
                place: { place.withLock { $0 } },
                take: { report, entry in
                    if let report { taken.add(report) }
                    place.withLock { $0 = entry }
                })
            try await stage.relay(to: server.url, reports: intake).running {
                #expect(await eventually { taken.isComplete })
            }
        }
    }

    @Test func `is bounded in Redis when nobody reads it`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        _ = try server.send("CONFIG", "SET", "stream-node-max-entries", "10")
        let session = try RedisSession(server.url)
        let fill = (0..<10_000).map { _ in RedisCommand("XADD", "{lumio}:reports", "*", "report", "x") }
        _ = try session.send(fill)
        let feed = RedisFeed(server.url)
        for _ in 0..<50 { try await feed.report(Report(worker: "w", heartbeats: Self.report.heartbeats)) }
        let length = try server.send("XLEN", "{lumio}:reports").integer ?? 0
        #expect((10_000..<10_030).contains(length), "\(length)")
    }

    @Test func `stays within the process when the feed does`() async throws {
        let taken = Taken()
        let feed = LocalFeed(
            snapshot: { throw FeedFailure.broken("not asked for") }, follow: { _, _, _ in }, acknowledge: { _ in },
            report: { taken.add($0) })
        try await feed.report(Self.report)
        #expect(taken.all == [Self.report])
    }
}
