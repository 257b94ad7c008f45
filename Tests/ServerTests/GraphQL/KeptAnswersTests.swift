import Domain
import Server
import Testing

@Suite("Answers that GraphQL keeps")
struct KeptAnswersTests {
    private static let statuses: JSON = [
        "query": "{ adminBotStatuses(search: \"acct_1\") { total statuses { platform status lastHeartbeatAt } } }"
    ]
    private static let modules: JSON = ["query": "{ botModules { moduleName enabled } }"]

    /// How often the operation has been carried out.
    private func times(_ server: APIServer, _ operation: String) async throws -> Int {
        let metrics = try await server.get("/metrics").text
        let line = metrics.split(separator: "\n").first {
            $0.hasPrefix("botcontrol_http_requests_total{operation=\"\(operation)\",status=\"200\"}")
        }
        return line?.split(separator: " ").last.flatMap { Double($0) }.map { Int($0) } ?? 0
    }

    @Test func `are given again while nothing has changed, and made anew after any change`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let first = try await server.post("/v1/gql", Self.statuses)
            let again = try await server.post("/v1/gql", Self.statuses)
            #expect(first.data.at("adminBotStatuses", "total") == 5 && first.body == again.body)
            #expect(try await times(server, "listBotStatuses") == 1)

            let pause: JSON = ["paused": true]
            #expect(try await server.put("/v1/admin/bot-control/acct_1/twitch", pause).status == 200)
            let paused = try await server.post("/v1/gql", Self.statuses)
            #expect(paused.text.contains("PAUSED") && !first.text.contains("PAUSED"))
            #expect(try await times(server, "listBotStatuses") == 2)

            let beat: JSON = [["account_id": "acct_1", "platform": "twitch", "at": "2026-01-01T00:00:00Z"]]
            let system = server.token([], isSystemKey: true)
            #expect(try await server.post("/v1/internal/heartbeats", beat, as: system).status == 200)
            #expect(try await server.post("/v1/gql", Self.statuses).text.contains("2026-01-01T00:00:00.000000Z"))
        }
    }

    @Test func `are nobody else's`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            try await server.register("acct_2")
            let path = "/v1/bot-modules/word_filter?account_id=acct_1"
            #expect(try await server.put(path, ["enabled": true]).status == 200)
            let one = server.token([.botModulesRead], account: "acct_1")
            let other = server.token([.botModulesRead], account: "acct_2")
            for _ in 0..<2 {
                #expect(try await server.post("/v1/gql", Self.modules, as: one).data["botModules"]?.array?.count == 1)
                #expect(try await server.post("/v1/gql", Self.modules, as: other).data["botModules"] == [])
                let stranger = try await server.post(
                    "/v1/gql", Self.modules, as: server.token([.auditRead], account: "acct_1"))
                #expect(stranger.code == "forbidden")
                #expect(try await server.post("/v1/gql", Self.modules).code == "validation_error")
            }
        }
    }

    @Test func `are only those that a version is known of`() async throws {
        try await APIServer.run { server in
            let both: JSON = ["query": "{ botModules(accountId: \"acct_1\") { id } adminProviders { bot } }"]
            try await server.populate()
            for _ in 0..<3 { #expect(try await server.post("/v1/gql", both).status == 200) }
            #expect(try await times(server, "listProviders") == 3)
        }
    }
}
