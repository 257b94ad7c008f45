import Domain
import Testing

@Suite("Providers over HTTP")
struct ProviderAPITests {
    private static let path = "/v1/admin/providers/twitch"

    @Test func `lists all platforms, on until somebody switches them`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let all = try await server.get("/v1/admin/providers")
            #expect(all.rows.map { $0["platform"]?.string } == Platform.allCases.map(\.rawValue))
            #expect(all.meta["total"] == 5)
            let twitch = try await server.get(Self.path)
            #expect(twitch.data == all.rows[0])
            #expect(twitch.data["counts"] == ["channels": 1, "bots": 1, "paused": 0])
            #expect(twitch.data["effective_bot"] == true && twitch.data["revision"] == -1)
            #expect(twitch.data["updated_at"] == .null && twitch.data["bot_identity"] == .null)
            #expect(twitch.headers["etag"] == nil)
        }
    }

    @Test func `halts a platform only when its name confirms it`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            for flag in ["enabled", "bot"] {
                for confirm in [JSON.null, "kick", "Twitch", ""] {
                    let refused = try await server.patch(
                        Self.path,
                        .object([.init(flag, false), .init("reason", "incident"), .init("confirm", confirm)]))
                    #expect(refused.status == 422)
                    #expect(refused.failures.contains("confirm confirmation_required"))
                    #expect(refused.text.contains("stops every bot"))
                }
            }
            #expect(server.head == 2)
            let halted = try await server.patch(
                Self.path, ["enabled": false, "reason": "incident", "ticket": "OPS-1", "confirm": "twitch"])
            #expect(halted.status == 200 && halted.isChanged == true)
            #expect(halted.data["enabled"] == false && halted.data["effective_bot"] == false)
            #expect(halted.data["reason"] == "incident" && halted.data["ticket"] == "OPS-1")
            #expect(halted.data["updated_by"] == "admin")
            let status = try await server.get("/v1/admin/bot-control/statuses?platform=twitch")
            #expect(status.rows.first?["effective"] == "halted_by_provider")
            #expect(status.rows.first?["status"] == "active", "the account's own flag stays")
            let on = try await server.patch(Self.path, ["enabled": true, "reason": "over"])
            #expect(on.isChanged == true && on.data["effective_bot"] == true)
            let back = try await server.get("/v1/admin/bot-control/statuses?platform=twitch")
            #expect(back.rows.first?["effective"] == "running")
        }
    }

    @Test func `switches several flags together or not at all`() async throws {
        try await APIServer.run { server in
            let both = try await server.patch(Self.path, ["login": false, "channel": false, "reason": "quiet"])
            #expect(both.isChanged == true && both.position == 2)
            let events = try await server.get("/v1/audit/events?stream=provider-twitch&order=asc")
            #expect(events.rows.compactMap { $0.at("data", "flag")?.string } == ["login", "channel"])
            #expect(Set(events.rows.compactMap { $0.at("metadata", "command_id")?.string }).count == 1)
            #expect(try await server.patch(Self.path, ["login": false, "reason": "again"]).isChanged == false)

            _ = try await server.patch(Self.path, ["enabled": false, "reason": "halt", "confirm": "twitch"])
            let refused = try await server.patch(Self.path, ["login": true, "channel": true, "reason": "on"])
            #expect(refused.status == 409 && refused.code == "provider_disabled")
            #expect(server.head == 3)
            let together = try await server.patch(Self.path, ["login": true, "enabled": true, "reason": "on"])
            #expect(together.isChanged == true && server.head == 5)
            #expect(together.data["login"] == true && together.data["channel"] == false)
        }
    }

    @Test func `takes no new channels where the flag is off, and keeps those it has`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            _ = try await server.patch(Self.path, ["channel": false, "reason": "full"])
            try await server.register("acct_2")
            let connection: JSON = ["channel_id": "4711", "channel_name": "A Channel"]
            let refused = try await server.put("/v1/admin/accounts/acct_2/bots/twitch", connection)
            #expect(refused.status == 409 && refused.code == "provider_disabled")
            #expect(try await server.put("/v1/admin/accounts/acct_1/bots/twitch", connection).isChanged == false)
            #expect(try await server.put("/v1/admin/accounts/acct_2/bots/kick", connection).isChanged == true)
        }
    }

    @Test func `says everything that is wrong with a switch`() async throws {
        try await APIServer.run { server in
            let wrong = try await server.patch(Self.path, ["enabled": 1, "bot": false, "tikcet": "x", "ticket": ""])
            #expect(wrong.status == 422)
            #expect(
                wrong.failures.sorted() == [
                    "confirm confirmation_required", "enabled wrong_type", "reason required", "ticket too_short",
                    "tikcet unknown_field",
                ])
            #expect(try await server.patch(Self.path, ["reason": "nothing"]).failures == [" required"])
            #expect(try await server.patch(Self.path, [:]).failures == ["reason required"])
            #expect(try await server.patch("/v1/admin/providers/all", ["login": false, "reason": "x"]).status == 422)
        }
    }

    @Test func `links and forgets the bot's identity, never a token`() async throws {
        try await APIServer.run { server in
            let path = Self.path + "/bot-identity"
            let identity: JSON = ["username": "lumio_bot", "user_id": "900100"]
            let linked = try await server.put(path, identity)
            #expect(linked.isChanged == true && linked.data["bot_identity"] == identity)
            #expect(try await server.put(path, identity).isChanged == false)
            let secret = try await server.put(path, ["username": "b", "user_id": "1", "access_token": "hunter2"])
            #expect(secret.status == 422 && secret.failures == ["access_token unknown_field"])
            #expect(try await server.delete(path).data["bot_identity"] == .null)
            let again = try await server.delete(path)
            #expect(again.status == 200 && again.isChanged == false && again.position == 2)
        }
    }
}
