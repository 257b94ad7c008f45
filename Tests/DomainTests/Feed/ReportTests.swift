import Testing

@testable import Domain

@Suite("A report")
struct ReportTests {
    private static let at = Timestamp("2026-11-21T10:00:00Z")!

    private static func record(_ id: String, text: String = "buy now") -> ModerationRecord {
        ModerationRecord(
            at: at, worker: "w1",
            channel: ChatChannel(platform: .twitch, accountID: AccountID(stored: "acct_1"), id: "c"), messageID: id,
            author: ChatUser(id: "7", login: "ann", name: "Ann"), text: text, module: "word_filter",
            rule: "blocked_words", action: .delete, reason: "blocked", outcome: .done)
    }

    private static func beats(_ count: Int) -> [Heartbeat] {
        (0..<count).map { Heartbeat(accountID: AccountID(stored: "acct_\($0)"), platform: .kick, at: at) }
    }

    private func read(_ report: Report) throws -> Report { try Report(JSONParser.parse(report.bytes)) }

    @Test func `comes back as it was written`() throws {
        let report = Report(worker: "w1", heartbeats: Self.beats(2), moderation: [Self.record("1"), Self.record("2")])
        #expect(try read(report) == report)
        #expect(try Report(JSONParser.parse(#"{"worker": "w1"}"#)) == Report(worker: "w1"))
    }

    @Test func `says everything that is wrong with it at once`() throws {
        let text = """
            {"worker": "", "heartbeats": [{"account_id": "?", "platform": "mars"}, 7], "moderation": [{}, {"at": 3}],
            "more": 1}
            """
        let failed = #expect(throws: ValidationFailed.self) { try Report(JSONParser.parse(text)) }
        let paths = Set(failed?.failures.map(\.path) ?? [])
        let wanted = [
            "worker", "more", "heartbeats.0.account_id", "heartbeats.0.platform", "heartbeats.0.at", "heartbeats.1",
            "moderation.0.worker", "moderation.0.outcome", "moderation.1.at",
        ]
        #expect(paths.isSuperset(of: wanted), "\(paths)")
    }

    @Test func `is refused when it holds too many lines`() throws {
        let many = Report(worker: "w", heartbeats: Self.beats(Report.heartbeatsMax + 1))
        let failed = #expect(throws: ValidationFailed.self) { try read(many) }
        #expect(failed?.failures.map(\.code) == ["too_many"])
    }

    @Test func `is taken apart into documents that are small enough, and nothing is lost`() throws {
        let long = String(repeating: "\u{1}", count: ModerationRecord.textLengthMax)
        let records = (0..<450).map { Self.record("m\($0)", text: $0.isMultiple(of: 3) ? long : "short") }
        let report = Report(worker: "w1", heartbeats: Self.beats(2_500), moderation: records)
        let parts = report.parts
        #expect(parts.count > 6)
        for part in parts {
            #expect(part.bytes.count <= Report.sizeBytesMax)
            #expect(try read(part) == part)
        }
        #expect(parts.flatMap(\.heartbeats) == report.heartbeats && parts.flatMap(\.moderation) == records)
        #expect(Report(worker: "w1").parts.isEmpty)
    }
}
