import Domain
import Server
import Testing

@Suite("Reverting over HTTP")
struct RevertAPITests {
    /// What a representation says besides when and by whom.
    private static let passing: Set<String> = [
        "revision", "updated_at", "updated_by", "created_at", "id", "reason", "suspended_reason",
        "suspended_at", "suspended_by", "kill",
    ]

    private func look(_ server: APIServer, _ path: String) async throws -> JSON {
        let answer = try await server.get(path)
        guard answer.status == 200 else { return .integer(answer.status) }
        return .object((answer.data.members ?? []).filter { !Self.passing.contains($0.name) })
    }

    private func preview(_ server: APIServer, _ position: Int) async throws -> APIAnswer {
        try await server.get("/v1/audit/events/\(position)/revert")
    }

    private func revert(
        _ server: APIServer, _ position: Int, _ body: JSON = [:], as bearer: APIServer.Bearer = .admin,
        headers: [(String, String)] = []
    ) async throws -> APIAnswer {
        try await server.post("/v1/audit/events/\(position)/revert", body, as: bearer, headers: headers)
    }

    /// Something is changed, looked at, reverted, and is as it was; and once more nothing happens.
    private func thereAndBack(
        _ server: APIServer, _ path: String, _ method: String, _ target: String, _ json: JSON? = nil,
        reverting body: JSON = [:]
    ) async throws {
        let before = try await look(server, path)
        let done = try await server.send(method, target, json)
        #expect(done.status < 300 && done.isChanged == true, "\(method) \(target): \(done.text)")
        let position = server.head, event = try await server.get("/v1/audit/events/\(position)").data
        #expect(try await look(server, path) != before, "\(method) \(target)")
        let plan = try await preview(server, position)
        #expect(plan.data["standing"] == "revertible" && plan.data["permitted"] == true, "\(plan.text)")
        #expect(plan.data["before"] != plan.data["after"] && plan.data["now"] == plan.data["after"])
        #expect(server.head == position)
        let seen = [("If-Match", plan.headers["etag"] ?? "")]
        let back = try await revert(server, position, body, headers: seen)
        #expect(back.status == 200 && back.isChanged == true, "\(method) \(target): \(back.text)")
        #expect(back.data["standing"] == "reverted" && back.data["now"] == plan.data["before"], "\(back.text)")
        #expect(try await look(server, path) == before, "\(method) \(target)")
        let newest = try await server.get("/v1/audit/events/\(server.head)").data
        #expect(newest.at("metadata", "causation_id") == event["id"] && newest["stream"] == event["stream"])
        let head = server.head, again = try await revert(server, position, body)
        #expect(again.status == 200 && again.isChanged == false && server.head == head, "\(again.text)")
    }

    @Test func `brings accounts back`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let path = "/v1/admin/accounts/acct_1"
            for change: JSON in [["name": "Other"], ["plan": "free"], ["custom_bot_allowed": false]] {
                try await thereAndBack(server, path, "PATCH", path, change)
            }
            _ = try await server.patch(path, ["custom_bot_allowed": true])
            try await thereAndBack(server, path, "PATCH", path, ["custom_bot_allowed": nil])
        }
    }

    @Test func `brings bots back`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let bots = "/v1/admin/accounts/acct_1/bots", pause = "/v1/admin/bot-control/acct_1/twitch"
            for (method, platform) in [("PUT", "kick"), ("DELETE", "twitch"), ("PUT", "twitch")] {
                let channel: JSON = ["channel_id": "other", "channel_name": "O", "bot_user_id": "9"]
                try await thereAndBack(
                    server, bot: platform, method, "\(bots)/\(platform)", method == "PUT" ? channel : nil)
            }
            try await thereAndBack(server, bot: "twitch", "PUT", pause, ["paused": true, "reason": "spam"])
            _ = try await server.put(pause, ["paused": true, "until": "2090-01-01T00:00:00Z", "reason": "a"])
            try await thereAndBack(
                server, bot: "twitch", "PUT", pause, ["paused": true, "until": "2099-01-01T00:00:00Z"])
            try await thereAndBack(server, bot: "twitch", "PUT", pause, ["paused": false])
        }
    }

    /// The same for a bot, which no path of its own shows.
    private func thereAndBack(
        _ server: APIServer, bot platform: String, _ method: String, _ target: String, _ json: JSON? = nil
    ) async throws {
        func row() async throws -> JSON {
            let rows = try await server.get("/v1/admin/bot-control/statuses?platform=\(platform)").rows
            let passing = Self.passing.union(["paused_by", "paused_reason"])
            return .object((rows.first?.members ?? []).filter { !passing.contains($0.name) })
        }
        let before = try await row()
        #expect(try await server.send(method, target, json).isChanged == true)
        let position = server.head
        let back = try await revert(server, position)
        #expect(back.status == 200 && back.isChanged == true, "\(method) \(target): \(back.text)")
        #expect(back.data["standing"] == "reverted" && back.data["now"] == back.data["before"], "\(back.text)")
        #expect(try await row() == before, "\(method) \(target)")
        #expect(try await revert(server, position).isChanged == false)
    }

    @Test func `brings providers back, and asks again before it stops a platform`() async throws {
        try await APIServer.run { server in
            let path = "/v1/admin/providers/kick", identity = path + "/bot-identity"
            let confirm: JSON = ["confirm": "kick"]
            for flag in ["enabled", "login", "channel", "bot"] {
                let off: JSON = .object([.init(flag, false), .init("reason", "r"), .init("confirm", "kick")])
                try await thereAndBack(server, path, "PATCH", path, off)
                _ = try await server.patch(path, off)
                let on: JSON = .object([.init(flag, true), .init("reason", "r")])
                try await thereAndBack(server, path, "PATCH", path, on, reverting: confirm)
                _ = try await server.patch(path, on)
            }
            let unsure = try await revert(server, server.head)
            #expect(unsure.status == 422 && unsure.failures == ["confirm confirmation_required"])
            let bot: JSON = ["username": "bot", "user_id": "7"]
            try await thereAndBack(server, path, "PUT", identity, bot)
            _ = try await server.put(identity, bot)
            try await thereAndBack(server, path, "PUT", identity, ["username": "other", "user_id": "8"])
            try await thereAndBack(server, path, "DELETE", identity)
        }
    }

    @Test func `brings bot modules back`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let path = "/v1/bot-modules/word_filter?account_id=acct_1"
            try await thereAndBack(server, path, "PUT", path, ["enabled": true])
            _ = try await server.put(path, ["enabled": true, "config": ["blocked_words": ["x"]]])
            try await thereAndBack(
                server, path, "PUT", path, ["enabled": false, "exempt_roles": ["vips": true]])
            try await thereAndBack(server, path, "DELETE", path)
        }
    }

    @Test func `brings installs back`() async throws {
        try await APIServer.runWithJudge { server async throws in
            try await server.publish()
            let install = try await server.install(SampleExtension(), in: "acct_1", ["config": ["points": 7]])
            let account = "?account_id=acct_1", path = install + account
            let id = JSON.string(install.split(separator: "/").last.map(String.init) ?? "")
            try await thereAndBack(server, path, "PUT", install + "/config" + account, ["config": ["points": 9]])
            try await thereAndBack(
                server, path, "PUT", install + "/overrides" + account, ["overrides": ["rank": ["prefix": "?"]]])
            try await thereAndBack(
                server, path, "PUT", install + "/exempt-roles" + account, ["exempt_roles": ["vips": true]])
            try await thereAndBack(server, path, "POST", "/v1/bot-modules/kill" + account, ["install_id": id])
            try await thereAndBack(server, path, "PATCH", path, ["enabled": false])
            _ = try await server.patch(path, ["enabled": false])
            try await thereAndBack(server, path, "PATCH", path, ["enabled": true])
            _ = try await server.post("/v1/bot-modules/kill" + account, ["install_id": id])
            let off = try await preview(server, server.head)
            #expect(off.status == 409 && off.code == "no_inverse" && off.message.contains("was off"))
            _ = try await server.patch(path, ["enabled": true])
            _ = try await server.post("/v1/bot-modules/kill" + account, ["install_id": id])
            try await thereAndBack(server, path, "PATCH", path, ["enabled": true])
            _ = try await server.patch(path, ["enabled": true])

            var next = SampleExtension()
            next.version = "1.1.0"
            try await server.publish(next)
            try await thereAndBack(server, path, "POST", install + "/upgrade" + account, [:])
            try await thereAndBack(server, path, "DELETE", path)
            _ = try await server.delete(path)
            try await thereAndBack(
                server, path, "POST", "/v1/bot-modules/extensions" + account,
                ["extension_id": .string(SampleExtension.id), "permissions": ["chat:send", "storage:kv"]])
        }
    }

    @Test func `brings the store back, as far as it goes`() async throws {
        try await APIServer.runWithJudge { server async throws in
            try await server.publish()
            for (position, type) in [(4, "submitted"), (5, "reviewed"), (6, "published")] {
                let answer = try await preview(server, position)
                #expect(answer.status == 409 && answer.code == "no_inverse", "\(answer.text)")
                #expect(answer.message.contains("extension.\(type)"))
            }
            let path = "/v1/admin/extensions/\(SampleExtension.id)", shown = "/v1/extensions/\(SampleExtension.id)"
            try await thereAndBack(server, shown, "POST", path + "/suspend", ["reason": "bad"])
            _ = try await server.post(path + "/suspend", ["reason": "bad"])
            try await thereAndBack(server, shown, "POST", path + "/reinstate", [:])
            _ = try await server.post(path + "/reinstate", [:])
            var next = SampleExtension()
            next.version = "1.1.0"
            try await server.publish(next)
            let back = try await revert(server, server.head)
            #expect(back.status == 200 && back.data.at("now", "version") == "1.0.0", "\(back.text)")
        }
    }
}
