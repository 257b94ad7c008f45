import Domain
import Server
import Testing

@Suite("The security log over HTTP")
struct SecurityAPITests {
    private static let path = "/v1/audit/security"

    private func lines(
        _ server: APIServer, _ query: String = "", as bearer: APIServer.Bearer = .admin
    ) async throws -> [JSON] {
        let answer = try await server.get(Self.path + query, as: bearer)
        #expect(answer.status == 200, "\(answer.text)")
        return answer.rows
    }

    @Test func `tells who was refused what, and how often`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            for _ in 0..<3 {
                _ = try await server.get("/v1/audit/events?text=x", as: .token("rubbish"))
                _ = try await server.get("/v1/admin/keys", as: server.token(.auditRead, account: "acct_1"))
            }
            let unknown = try await lines(server, "?kind=unauthenticated")
            #expect(unknown.count == 1 && unknown[0]["count"] == 3 && unknown[0]["actor"] == JSON.null)
            #expect(unknown[0]["operation"] == "listEvents" && unknown[0]["address"] == "127.0.0.1")
            #expect(unknown[0]["target"] == "GET /v1/audit/events?text=*" && unknown[0]["code"] == "unauthorized")
            let refused = try await lines(server, "?kind=forbidden")
            #expect(refused.count == 1 && refused[0]["count"] == 3)
            #expect(refused[0]["actor"] == "someone" && refused[0]["account_id"] == "acct_1")
            #expect(refused[0]["detail"]?.string?.contains("keys:read") == true)
            // What went well and is no history is nobody's business.
            _ = try await server.get("/v1/admin/accounts")
            #expect(try await lines(server).allSatisfy { $0["operation"] != "listAccounts" })
        }
    }

    @Test func `tells who has read the history, and what was exported`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let reader = server.token(.auditRead, subject: "reader")
            for position in [1, 2] { _ = try await server.get("/v1/audit/events/\(position)", as: reader) }
            _ = try await server.get("/v1/audit/events/99", as: reader)
            _ = try await server.get(
                "/v1/audit/events?category=bot", as: reader, headers: [("Accept", "application/x-ndjson")])
            _ = try await server.post(
                "/v1/gql", ["query": "{ auditEvents(limit: 1) { events { position } } }"], as: reader)
            let reads = try await lines(server, "?kind=audit_read&actor=reader")
            #expect(reads.map { $0["operation"]?.string } == ["listEvents", "getEvent"])
            #expect(reads[1]["count"] == 2)
            let exports = try await lines(server, "?kind=audit_export")
            #expect(exports.map { $0["target"]?.string } == ["GET /v1/audit/events?category=bot"])
            // Who reads this log has read, too.
            #expect(try await lines(server, "?actor=admin").contains { $0["operation"] == "listSecurity" })
        }
    }

    @Test func `is read with its own permission, by each account for itself, page by page`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            for account in ["acct_1", "acct_2"] {
                _ = try await server.get("/v1/admin/keys", as: server.token([], account: account, subject: account))
            }
            #expect(try await server.get(Self.path, as: server.token(.auditRead)).status == 403)
            let own = server.token(.auditSecurity, account: "acct_1", subject: "own")
            let seen = try await lines(server, "?kind=forbidden", as: own)
            #expect(seen.map { $0["account_id"] } == ["acct_1"])
            #expect(try await server.get(Self.path + "?account_id=acct_2", as: own).status == 404)
            let first = try await server.get(Self.path + "?limit=1")
            let next = first.meta["next"]?.string ?? ""
            #expect(try await lines(server, "?limit=1&cursor=\(next)")[0]["id"] != first.rows[0]["id"])
            #expect(try await server.get(Self.path + "?kind=x&limit=0&foo=1").failures.count == 3)
        }
    }

    @Test func `is not filled by a flood of callers whom nobody knows`() async throws {
        try await APIServer.run { server in
            for number in 0..<200 {
                _ = try await server.get("/v1/admin/accounts/a\(number)", as: .nobody)
            }
            let seen = try await lines(server, "?kind=unauthenticated")
            #expect(seen.count == 1 && seen[0]["count"] == 200)
        }
    }
}
