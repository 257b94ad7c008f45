import Domain
import Server
import Testing

@Suite("A reversal over HTTP")
struct RevertRefusalTests {
    private let pause = "/v1/admin/bot-control/acct_1/twitch"

    private func target(_ position: Int) -> String { "/v1/audit/events/\(position)/revert" }

    @Test func `is refused where there is none, and says why`() async throws {
        let moved = MovedClock()
        try await APIServer.run(in: nil, { $0.clock = moved.clock }) { server in
            try await server.populate()
            let registered = try await server.post(target(1), [:])
            #expect(registered.status == 409 && registered.code == "no_inverse")
            #expect(registered.message.contains("account.registered at position 1"))
            #expect(try await server.post(target(3), [:]).status == 404)
            #expect(try await server.get(target(0)).status == 422)
            #expect(try await server.post(target(1), ["raeson": "x"]).failures == ["raeson unknown_field"])

            _ = try await server.put(pause, ["paused": true])
            _ = try await server.put(pause, ["paused": true, "until": "2099-01-01T00:00:00Z"])
            #expect(try await server.get(target(4)).message.contains("no end before"))
            _ = try await server.put(pause, ["paused": false])
            #expect(try await server.get(target(5)).data["standing"] == "revertible")
            moved.advance(seconds: 80 * 365 * 86_400)
            let admin = server.token([], isSystemAdmin: true)
            let over = try await server.get(target(5), as: admin)
            #expect(over.status == 409 && over.message.contains("by itself"), "\(over.text)")
            #expect(try await server.post("/v1/audit/log/rotations", [:], as: admin).status == 200)
            #expect(try await server.get(target(server.head), as: admin).code == "no_inverse")
        }
    }

    @Test func `does not undo what others have done since, unless they were seen`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let account = "/v1/admin/accounts/acct_1"
            for name in ["A", "B", "C"] { _ = try await server.patch(account, ["name": .string(name)]) }
            _ = try await server.patch(account, ["plan": "free"])
            let plan = try await server.get(target(3))
            #expect(plan.data["standing"] == "changed_since" && plan.data["changed_at"] == [4, 5])
            #expect(plan.data["before"] == ["name": "acct_1"] && plan.data["now"] == ["name": "C"])
            let blind = try await server.post(target(3), [:])
            #expect(blind.status == 409 && blind.code == "changed_since" && blind.message.contains("4, 5"))
            let stale = try await server.post(target(3), [:], headers: [("If-Match", "\"1\"")])
            #expect(stale.status == 412)
            #expect(server.head == 6)
            let seen = [("If-Match", plan.headers["etag"] ?? "")]
            let done = try await server.post(target(3), [:], headers: seen)
            #expect(done.status == 200 && done.data.at("result", "name") == "acct_1", "\(done.text)")
            // Another part of the same account was left alone.
            #expect(done.data.at("result", "plan") == "free")
            #expect(try await server.post(target(3), [:], headers: seen).status == 412)
            // What was changed and changed back is reverted, not changed since.
            #expect(try await server.get(target(3)).data["standing"] == "reverted")
        }
    }

    @Test func `needs the permission of its command, and reaches no other account`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            try await server.register("acct_2")
            _ = try await server.put(pause, ["paused": true, "reason": "spam"])
            let reader = server.token(.auditRead, subject: "reader")
            let plan = try await server.get(target(4), as: reader)
            #expect(plan.status == 200 && plan.data["permitted"] == false)
            #expect(plan.data.at("command", "operation") == "setBotPaused")
            #expect(plan.data.at("command", "body", "paused") == false)
            #expect(plan.data.at("command", "path")?.string == pause)
            let refused = try await server.post(target(4), [:], as: reader)
            #expect(refused.status == 403 && refused.message.contains("bot-control:edit"))
            let editor = server.token(.botControlEdit, subject: "editor")
            #expect(try await server.post(target(4), [:], as: editor).message.contains("audit:read"))
            let other = server.token(.auditRead, .botControlEdit, account: "acct_2", subject: "other")
            #expect(try await server.get(target(4), as: other).status == 404)
            #expect(try await server.post(target(4), [:], as: other).status == 404)
            #expect(server.head == 4)
            let own = server.token(.auditRead, .botControlEdit, account: "acct_1", subject: "own")
            let done = try await server.post(target(4), ["reason": "by mistake"], as: own)
            #expect(done.status == 200 && done.isChanged == true)
            let event = try await server.get("/v1/audit/events/5").data
            #expect(event.at("data", "personal", "reason") == "by mistake")
            #expect(event.at("metadata", "actor", "id") == "own")
        }
    }

    @Test func `is carried out once under one key`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            _ = try await server.put(pause, ["paused": true])
            let key = [("Idempotency-Key", "once")]
            let first = try await server.post(target(3), [:], headers: key)
            #expect(first.status == 200 && first.isChanged == true && first.position == 4)
            // Somebody has paused it again; the old answer stands all the same.
            _ = try await server.put(pause, ["paused": true])
            let second = try await server.post(target(3), [:], headers: key)
            #expect(second.headers["idempotency-replayed"] == "true" && second.position == 4, "\(second.text)")
            #expect(server.head == 5)
            #expect(try await server.post(target(3), ["reason": "x"], headers: key).status == 422)
        }
    }

    @Test func `waits for the workers when it is asked to`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            _ = try await server.put(pause, ["paused": true])
            let done = try await server.post(target(3) + "?wait=converged&timeout_ms=50", [:])
            #expect(done.status == 200 && done.meta["convergence"] != nil, "\(done.text)")
        }
    }
}
