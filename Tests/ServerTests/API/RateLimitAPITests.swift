import Domain
import Server
import Testing

@Suite("A caller's budget")
struct RateLimitAPITests {
    private static let path = "/v1/admin/providers"

    @Test func `ends with 429 and says when to come again, and pauses still work`() async throws {
        try await APIServer.run(in: nil, { $0.rateLimit = 5 }) { server in
            // Slowly, for the fixture's own requests are counted, too.
            let other = server.token(Set(Permission.allCases), subject: "other")
            try await server.populate()
            var answers: [APIAnswer] = []
            for _ in 0..<40 { answers.append(try await server.get(Self.path, as: other)) }
            #expect(answers.first?.status == 200)
            let limited = try #require(answers.last)
            #expect(limited.status == 429 && limited.code == "rate_limited")
            #expect((limited.headers["retry-after"].flatMap { Int($0) } ?? 0) >= 1)

            let pause = try await server.put("/v1/admin/bot-control/acct_1/twitch", ["paused": true], as: other)
            #expect(pause.status == 200 && pause.isChanged == true)
            let kill: JSON = ["enabled": false, "reason": "incident", "confirm": "twitch"]
            #expect(try await server.patch("/v1/admin/providers/twitch", kill, as: other).status == 200)
            #expect(try await server.get(Self.path, as: server.token(.providersRead, subject: "third")).status == 200)
        }
    }

    @Test func `does not exist when it is switched off`() async throws {
        try await APIServer.run { server async throws in
            for _ in 0..<200 { #expect(try await server.get(Self.path).status == 200) }
        }
    }
}
