import Domain
import Runtime
import Server
import Testing

@Suite("What open pages hear")
struct LiveEventTests {
    private static func listen(
        _ server: APIServer, as bearer: APIServer.Bearer, _ body: (EventStreamClient) async throws -> Void
    ) async throws {
        let browser = Browser(server)
        try await browser.signIn(server, as: bearer)
        let client = try EventStreamClient(
            port: server.port, "/dashboard/events", bearer: nil, headers: [("Cookie", browser.session ?? "")])
        defer { client.close() }
        try await body(client)
    }

    @Test func `is a bot's whole row as soon as it changes, and how far the workers are`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            try await Self.listen(server, as: .admin) { client in
                let state = try #require(await client.first(named: "state")).json
                #expect(state["position"] == 2 && state["workers"] == [])
                _ = try await server.put("/v1/admin/bot-control/acct_1/twitch", ["paused": true, "reason": "spam"])
                let change = try #require(await client.first(named: "change")).json
                #expect(change["kind"] == "bot" && change["key"] == "acct_1:twitch" && change["position"] == 3)
                #expect(change.at("row", "status") == "paused" && change.at("row", "paused_reason") == "spam")
            }
        }
    }

    @Test func `is nothing of another account, and nothing without its permission`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            try await server.register("acct_2")
            try await server.connect("acct_2")
            let own = server.token([.botControlRead], account: "acct_1")
            try await Self.listen(server, as: own) { client in
                _ = await client.first(named: "state")
                _ = try await server.put("/v1/admin/bot-control/acct_2/twitch", ["paused": true])
                _ = try await server.put("/v1/bot-modules/word_filter?account_id=acct_1", ["enabled": true])
                _ = try await server.put("/v1/admin/bot-control/acct_1/twitch", ["paused": true])
                let change = try #require(await client.first(named: "change")).json
                #expect(change["key"] == "acct_1:twitch", "the first that may be seen")
            }
        }
    }

    @Test func `is to read all anew when much has changed at once, and ends with the session`() async throws {
        try await APIServer.run { server in
            for number in 1...250 { try await server.seed("acct_\(number)") }
            let minted = server.plane.minter.mint(.init(subject: "x", isSystemAdmin: true), lifetimeSeconds: 900)
            try await Self.listen(server, as: .token(minted.text)) { client in
                _ = await client.first(named: "state")
                let filter: JSON = ["platform": "twitch"], path = "/v1/admin/bot-control/bulk"
                let preview = try await server.post(path, ["filter": filter, "paused": true, "preview": true])
                let done = try await server.post(
                    path, ["filter": filter, "paused": true, "hash": preview.data["hash"] ?? .null])
                #expect(done.data["failed"] == 0)
                try server.plane.services.runtime.revokeToken(id: minted.id, expiresAt: .latest)
                var names: Set<String> = []
                for await event in client.events { names.insert(event.name) }
                #expect(names.contains("refresh") || names.contains("change"))
            }
        }
    }
}
