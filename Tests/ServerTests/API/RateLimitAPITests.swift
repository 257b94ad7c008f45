import Domain
import Server
import Testing

@Suite("A caller's budget")
struct RateLimitAPITests {
    private static let path = "/v1/admin/providers"

    @Test func `ends with 429 and says when to come again, and pauses still work`() async throws {
        try await APIServer.run(in: nil, { $0.rateLimit = 1 }) { server in
            let other = server.token(Set(Permission.allCases), subject: "other")
            try await server.populate()
            let answers = try await withThrowingTaskGroup(of: APIAnswer.self) { requests in
                for _ in 0..<60 { requests.addTask { try await server.get(Self.path, as: other) } }
                return try await requests.reduce(into: [APIAnswer]()) { $0.append($1) }
            }
            #expect(Set(answers.map(\.status)) == [200, 429])
            let limited = try #require(answers.first { $0.status == 429 })
            #expect(limited.code == "rate_limited")
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
