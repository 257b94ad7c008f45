import Domain
import Foundation
import Redis
import RedisStage
import Testing

@Suite("Reports and processes", .serialized, .timeLimit(.minutes(3)))
struct ReportLifeTests {
    private let folder = TemporaryFolder()

    private func add(_ redis: RedisServer, _ numbers: Range<Int>) throws {
        let at = try #require(Timestamp("2026-11-21T10:00:00Z"))
        for number in numbers {
            let record = ModerationRecord(
                at: at.adding(seconds: Double(number)), worker: "w",
                channel: ChatChannel(platform: .twitch, accountID: AccountID(stored: "acct_1"), id: "c"),
                messageID: "m\(number)", author: ChatUser(id: "7", login: "ann", name: "Ann"), text: "buy",
                module: "word_filter", rule: "blocked_words", action: .delete, reason: "blocked", outcome: .done)
            let report = Report(worker: "w", moderation: [record])
            _ = try RedisSession(redis.url).send(
                RedisCommand("XADD", "{lumio}:reports", "*", "report").with(report.bytes))
        }
    }

    /// Waits until the log is so, oldest first.
    private func tells(_ server: ServerProcess, _ numbers: Range<Int>) async throws -> Bool {
        for _ in 0..<400 {
            let answer = try await server.send("GET", "/v1/admin/moderation-log?limit=500").json
            let found = (answer["data"]?.array ?? []).reversed().map { $0["message_id"]?.string ?? "" }
            if found == numbers.map({ "m\($0)" }) { return true }
            if found.count > numbers.count { return false }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    @Test func `lose nothing and tell nothing twice when the server is killed again and again`() async throws {
        let redis = try RedisServer()
        defer { redis.kill() }
        let arguments = ["--redis", "redis://127.0.0.1:\(redis.port)"]
        for round in 0..<3 {
            let server = try await ServerProcess(data: folder.path, arguments: arguments)
            try add(redis, round * 40..<round * 40 + 20)
            #expect(try await tells(server, 0..<round * 40 + 20), "round \(round)")
            // Of what was just read, some is written and some is not.
            server.end(with: SIGKILL)
            try add(redis, round * 40 + 20..<(round + 1) * 40)
        }
        let server = try await ServerProcess(data: folder.path, arguments: arguments)
        #expect(try await tells(server, 0..<120))
        server.end(with: SIGTERM)
        let again = try await ServerProcess(data: folder.path, arguments: arguments)
        #expect(try await tells(again, 0..<120))
        again.end(with: SIGTERM)
    }
}
