import Domain
import Foundation
import Server
import Testing

@Suite("A backtest over HTTP", .timeLimit(.minutes(2)))
struct BacktestAPITests {
    private static let start = Timestamp("2026-11-21T10:00:00Z")!
    private static let path = "/v1/bot-modules/word_filter/backtest"

    private static func message(_ number: Int, _ text: String, account: String? = nil) -> JSON {
        var members: [JSON.Member] = [
            .init("platform", "twitch"), .init("channel_id", "c"), .init("message_id", .string("m\(number)")),
            .init("user", ["id": "7", "login": "ann"]), .init("text", .string(text)),
            .init("sent_at", .string(start.adding(seconds: Double(number)).description)),
        ]
        if let account { members.append(.init("account_id", .string(account))) }
        return .object(members)
    }

    private static func body(_ words: [JSON], _ messages: [JSON]) -> JSON {
        ["config": ["blocked_words": .array(words)], "messages": .array(messages)]
    }

    private static let chat = ["hello", "buy now", "a scam", "buy scam"].enumerated().map { message($0, $1) }

    @Test func `says what would be hit, beside what is stored, and changes nothing`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            _ = try await server.put(
                "/v1/bot-modules/word_filter?account_id=acct_1",
                ["enabled": true, "config": ["blocked_words": ["scam"]]])
            let head = server.head
            let reader = server.token(.botModulesRead, account: "acct_1")
            let answer = try await server.post(Self.path, Self.body(["buy"], Self.chat), as: reader)
            #expect(answer.status == 200)
            #expect(answer.data["messages"] == 4 && answer.data["differing"] == 2)
            #expect(answer.data.at("proposed", "hits") == 2 && answer.data.at("current", "hits") == 2)
            #expect(answer.data.at("proposed", "by_module") == ["word_filter": 2])
            #expect(answer.data.at("proposed", "by_action") == ["delete": 2])
            let differences = answer.data["differences"]?.array ?? []
            #expect(differences.map { $0["message_id"] } == ["m1", "m2"])
            #expect(differences.first?["verdict"]?["module"] == "word_filter" && differences.first?["against"] == .null)
            #expect(differences.last?["verdict"] == .null && differences.last?["against"]?["rule"] == "blocked_words")
            #expect(server.head == head)
            #expect(try await server.get("/v1/admin/moderation-log").rows.isEmpty)
        }
    }

    @Test func `names a hundred of the differences and counts all`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let messages = (0..<300).map { Self.message($0, "buy \($0)") }
            let answer = try await server.post("\(Self.path)?account_id=acct_1", Self.body(["buy"], messages))
            #expect(answer.data["differing"] == 300 && answer.data["differences"]?.array?.count == 100)
        }
    }

    @Test func `takes more than other requests, up to a bound, and answers others meanwhile`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let long = String(repeating: "all work and no play ", count: 45)
            let body = Self.body(["buy"], (0..<1_500).map { Self.message($0, long) })
            #expect(body.bytes.count > 1_500_000)
            async let answer = server.post("\(Self.path)?account_id=acct_1", body)
            for _ in 0..<5 { #expect(try await server.get("/health/ready").status == 200) }
            #expect(try await answer.data["messages"] == 1_500)
            let large = [UInt8](repeating: UInt8(ascii: " "), count: (8 << 20) + 1)
            #expect(try await server.send("POST", "\(Self.path)?account_id=acct_1", bytes: large).status == 413)
        }
    }

    @Test func `says everything that is wrong, but not without end`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let reader = server.token(.botModulesRead, account: "acct_1")
            let bad: JSON = [
                "config": ["action": "shout"], "exempt_roles": ["kings": true], "more": 1,
                "messages": [Self.message(0, "fine"), ["platform": "mars"], 7],
            ]
            let answer = try await server.post(Self.path, bad, as: reader)
            let wanted = [
                "config.action not_allowed", "exempt_roles.kings unknown_field", "more unknown_field",
                "messages.1.platform not_allowed", "messages.1.text required", "messages.2 wrong_type",
            ]
            #expect(answer.status == 422 && Set(answer.failures).isSuperset(of: wanted), "\(answer.failures)")
            let many = try await server.post(
                Self.path, Self.body([], (0..<5_000).map { _ in .emptyObject }), as: reader)
            #expect(many.status == 422 && many.failures.count < 150)
            #expect(try await server.post(Self.path, [:], as: reader).status == 422)
            #expect(try await server.post("/v1/bot-modules/nothing/backtest", bad, as: reader).status == 422)
            let other = try await server.post("\(Self.path)?account_id=acct_2", Self.body([], []), as: reader)
            #expect(other.status == 404)
        }
    }
}
