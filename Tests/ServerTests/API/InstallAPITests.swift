import Domain
import Server
import Testing

@Suite("Installed extensions over HTTP")
struct InstallAPITests {
    private let path = "/v1/bot-modules/extensions"
    private let id = JSON.string(SampleExtension.id)
    private let consent: JSON = ["chat:send", "storage:kv"]

    @Test func `are installed with consent, and listed beside the built-in modules`() async throws {
        try await APIServer.runWithJudge { server async throws in
            try await server.publish()
            let owner = server.owner()
            _ = try await server.put("/v1/bot-modules/word_filter", ["enabled": true], as: owner)
            let unsure = try await server.post(path, ["extension_id": id, "permissions": ["chat:send"]], as: owner)
            #expect(unsure.status == 409 && unsure.code == "consent_required")
            let made = try await server.post(
                path,
                [
                    "extension_id": id, "permissions": consent, "config": ["points": 7],
                    "overrides": ["rank": ["command": "rang"]], "exempt_roles": ["vips": true],
                ], as: owner)
            #expect(made.status == 201 && made.headers["etag"] == "\"0\"")
            #expect(made.data["kind"] == "extension" && made.data["enabled"] == true)
            #expect(made.data["settings"] == ["points": 7] && made.data["exempt_roles"]?["vips"] == true)
            #expect(made.data["triggers"]?.array?.first?["command"] == "rang")
            let href = "\(path)/\(made.data["install_id"]?.string ?? "")"
            #expect(made.headers["location"] == href)
            #expect(try await server.get(href, as: owner).data == made.data)
            let rows = try await server.get("/v1/bot-modules", as: owner).rows
            #expect(rows.map { $0["kind"]?.string } == ["builtin", "extension"])
            #expect(rows[1] == made.data)
            let twice = try await server.post(path, ["extension_id": id, "permissions": consent], as: owner)
            #expect(twice.status == 409 && twice.code == "already_exists", "\(twice.text)")
        }
    }

    @Test func `are refused with all reasons at once`() async throws {
        try await APIServer.runWithJudge { server async throws in
            try await server.publish()
            let bad = try await server.post(
                path,
                [
                    "extension_id": id, "permissions": consent, "config": ["points": "7", "poits": 1],
                    "overrides": ["rank": ["command": "a b"], "moderate": [:]],
                ], as: server.owner())
            #expect(bad.status == 422)
            let expected = ["config.points wrong_type", "config.poits unknown_setting"]
            #expect(Set(bad.failures).isSuperset(of: expected) && bad.failures.count == 4, "\(bad.failures)")
            #expect(bad.failures.contains { $0.hasPrefix("overrides.rank.command") })
            #expect(bad.failures.contains { $0.hasPrefix("overrides.moderate") })
            let shape = try await server.post(
                path, ["extension_id": "x", "permissions": ["chat:all", 1], "configs": [:]], as: server.owner())
            #expect(
                shape.failures == [
                    "extension_id not_allowed", "permissions.0 not_allowed", "permissions.1 not_allowed",
                    "configs unknown_field",
                ])
        }
    }

    @Test func `are set up anew, each part as a whole`() async throws {
        try await APIServer.runWithJudge { server async throws in
            try await server.publish()
            let owner = server.owner(), install = try await server.install()
            let set = try await server.put(install + "/config", ["config": ["points": 9]], as: owner)
            #expect(set.status == 200 && set.data["settings"] == ["points": 9] && set.headers["etag"] == "\"1\"")
            #expect(
                try await server.put(install + "/config", ["config": [:]], as: owner).data["settings"] == ["points": 5])
            #expect(
                try await server.put(install + "/config", ["config": ["points": 0, "x": 1]], as: owner).failures
                    == ["config.points out_of_range", "config.x unknown_setting"])
            let over = try await server.put(install + "/overrides", ["overrides": ["rank": ["prefix": "?"]]], as: owner)
            #expect(over.data["triggers"]?.array?.first?["prefix"] == "?")
            let back = try await server.put(install + "/overrides", ["overrides": ["rank": nil]], as: owner)
            #expect(back.data["triggers"]?.array?.first?["prefix"] == "!" && back.data["overrides"] == [:])
            let exempt = try await server.put(
                install + "/exempt-roles", ["exempt_roles": ["moderators": true]], as: owner)
            #expect(exempt.data["exempt_roles"]?["moderators"] == true)
            #expect(
                try await server.put(install + "/exempt-roles", ["exempt_roles": ["founders": true]], as: owner)
                    .failures
                    == ["exempt_roles.founders unknown_field"])
            let none = try await server.put(install + "/exempt-roles", ["exempt_roles": nil], as: owner)
            #expect(none.status == 200 && none.data["exempt_roles"]?["moderators"] == false)
            let stale = try await server.put(
                install + "/config", ["config": ["points": 3]], as: owner, headers: [("If-Match", "\"0\"")])
            #expect(stale.status == 412)
            let key = [("Idempotency-Key", "once")]
            let first = try await server.put(install + "/config", ["config": ["points": 3]], as: owner, headers: key)
            let replay = try await server.put(install + "/config", ["config": ["points": 3]], as: owner, headers: key)
            #expect(first.isChanged == true && replay.position == first.position)
            #expect(replay.headers["idempotency-replayed"] == "true")
        }
    }

    @Test func `are killed at once, keep their configuration, and come back`() async throws {
        try await APIServer.runWithJudge { server async throws in
            try await server.publish()
            let owner = server.owner(),
                install = try await server.install(SampleExtension(), in: "acct_1", ["config": ["points": 7]])
            let id = JSON.string(String(install.split(separator: "/").last ?? ""))
            let killed = try await server.post(
                "/v1/bot-modules/kill?wait=converged&timeout_ms=1", ["install_id": id, "reason": "it spams"], as: owner)
            #expect(killed.status == 200 && killed.data["kill"]?["reason"] == "it spams")
            #expect(killed.meta["convergence"] != nil && killed.data["settings"] == ["points": 7])
            let again = try await server.post("/v1/bot-modules/kill", ["install_id": id], as: owner)
            #expect(again.isChanged == false)
            // A better plan is no condition for stopping, and is one for going on.
            _ = try await server.patch("/v1/admin/accounts/acct_1", ["plan": "free"])
            #expect(try await server.patch(install, ["enabled": true], as: owner).code == "plan_required")
            #expect(try await server.patch(install, ["enabled": false], as: owner).status == 200)
            #expect(try await server.put(install + "/config", ["config": [:]], as: owner).code == "plan_required")
            #expect(try await server.get(install, as: owner).status == 200)
            _ = try await server.patch("/v1/admin/accounts/acct_1", ["plan": "pro"])
            let on = try await server.patch(install, ["enabled": true], as: owner)
            #expect(on.data["kill"] == .null && on.data["enabled"] == true && on.data["settings"] == ["points": 7])
        }
    }

    @Test func `can be killed and removed on every plan`() async throws {
        try await APIServer.runWithJudge { server async throws in
            try await server.publish()
            let owner = server.owner(), install = try await server.install()
            let id = JSON.string(String(install.split(separator: "/").last ?? ""))
            _ = try await server.patch("/v1/admin/accounts/acct_1", ["plan": "free"])
            let none = try await server.post(path, ["extension_id": self.id, "permissions": consent], as: owner)
            #expect(none.status == 403 && none.code == "plan_required")
            #expect(try await server.post("/v1/bot-modules/kill", ["install_id": id], as: owner).status == 200)
            let gone = try await server.delete(install, as: owner)
            #expect(gone.status == 200 && gone.data == .null)
            #expect(try await server.get(install, as: owner).status == 404)
            #expect(try await server.get("/v1/bot-modules", as: owner).rows.isEmpty)
        }
    }

    @Test func `belong to one account, and look like none to others`() async throws {
        try await APIServer.runWithJudge { server async throws in
            try await server.publish()
            let install = try await server.install(), other = server.owner("acct_2")
            let id = JSON.string(String(install.split(separator: "/").last ?? ""))
            let answers = [
                try await server.get(install, as: other), try await server.delete(install, as: other),
                try await server.patch(install, ["enabled": false], as: other),
                try await server.put(install + "/config", ["config": [:]], as: other),
                try await server.put(install + "/overrides", ["overrides": [:]], as: other),
                try await server.put(install + "/exempt-roles", ["exempt_roles": [:]], as: other),
                try await server.post(install + "/upgrade", [:], as: other),
                try await server.post("/v1/bot-modules/kill", ["install_id": id], as: other),
            ]
            #expect(answers.map(\.status) == Array(repeating: 404, count: answers.count))
            #expect(Set(answers.map(\.code)) == ["install_not_found"])
            #expect(try await server.get("/v1/bot-modules", as: other).rows.isEmpty)
            // An operator need not know whose it is.
            #expect(try await server.post("/v1/bot-modules/kill", ["install_id": id]).data["account_id"] == "acct_1")
            #expect(try await server.get(install + "?account_id=acct_1").status == 200)
            let nowhere = path + "/00000000-0000-4000-8000-000000000000"
            #expect(try await server.get(nowhere, as: other).code == "install_not_found")
            #expect(try await server.get(path + "/acct_1", as: other).failures == ["install_id not_allowed"])
        }
    }

    @Test func `go over to a version that asks for more with consent alone`() async throws {
        try await APIServer.runWithJudge { server async throws in
            try await server.publish()
            let owner = server.owner(),
                install = try await server.install(SampleExtension(), in: "acct_1", ["config": ["points": 90]])
            var next = SampleExtension()
            (next.version, next.permissions) = ("1.1.0", ["chat:send", "storage:kv", "chat:delete"])
            try await server.publish(next)
            let refused = try await server.post(install + "/upgrade", [:], as: owner)
            #expect(refused.status == 409 && refused.code == "consent_required")
            let up = try await server.post(install + "/upgrade", ["permissions": next.permissions], as: owner)
            #expect(up.data["version"] == "1.1.0" && up.data["settings"] == ["points": 90])

            // Settings that do not fit hold it, and the old one goes on.
            (next.version, next.schema) = ("1.2.0", ["points": ["type": "integer", "max": 10]])
            try await server.publish(next)
            let held = try await server.post(install + "/upgrade", [:], as: owner)
            #expect(held.status == 200 && held.data["version"] == "1.1.0" && held.data["held"]?["version"] == "1.2.0")
            #expect(held.data["held"]?["reason"]?.string?.contains("config.points") == true)
            let bad = try await server.post(install + "/upgrade", ["config": ["points": 11]], as: owner)
            #expect(bad.failures == ["config.points out_of_range"])
            let fits = try await server.post(install + "/upgrade", ["config": ["points": 3]], as: owner)
            #expect(fits.data["version"] == "1.2.0" && fits.data["held"] == .null)
        }
    }

    @Test func `show that the extension is suspended`() async throws {
        try await APIServer.runWithJudge { server async throws in
            try await server.publish()
            let install = try await server.install()
            #expect(try await server.get("/v1/bot-modules", as: server.owner()).rows.first?["state"] == "running")
            let path = "/v1/admin/extensions/\(SampleExtension.id)/suspend"
            _ = try await server.post(path, ["reason": "it spams"], as: server.reviewer())
            #expect(try await server.get(install, as: server.owner()).data["state"] == "suspended")
            #expect(try await server.get("/v1/bot-modules", as: server.owner()).rows.first?["state"] == "suspended")
        }
    }

    @Test func `are killed when the caller's budget is used up`() async throws {
        try await APIServer.run(
            in: nil,
            {
                $0.rateLimit = 2
                $0.bundleJudge = SampleJudge()
            }
        ) { server in
            try await server.register("acct_1")
            let other = server.owner()
            var statuses: [Int] = []
            for _ in 0..<20 { statuses.append(try await server.get("/v1/bot-modules", as: other).status) }
            #expect(statuses.contains(429))
            let id = JSON.string("00000000-0000-4000-8000-000000000000")
            #expect(try await server.post("/v1/bot-modules/kill", ["install_id": id], as: other).status == 404)
        }
    }
}

@Suite("What extensions keep, over HTTP")
struct KeyValueAPITests {
    private let path = "/v1/internal/kv"

    @Test func `is kept for an install, and forgotten with it`() async throws {
        try await APIServer.runWithJudge { server async throws in
            try await server.publish()
            let install = try await server.install(), worker = server.token([], isSystemKey: true)
            let id = JSON.string(String(install.split(separator: "/").last ?? ""))
            func call(_ function: String, _ arguments: JSON...) async throws -> APIAnswer {
                try await server.post(
                    path, ["install_id": id, "function": .string(function), "arguments": .array(arguments)], as: worker)
            }
            #expect(try await call("kv.get", "a").data["value"] == .null)
            #expect(try await call("kv.set", "a", ["x": [1, 2]]).data["value"] == .null)
            #expect(try await call("kv.get", "a").data["value"] == ["x": [1, 2]])
            #expect(try await call("kv.increment", "n", 2).data["value"] == 2)
            #expect(try await call("kv.increment", "n").data["value"] == 3)
            #expect(try await call("kv.list", "").data["value"]?.array?.count == 2)
            #expect(try await call("kv.delete", "a").data["value"] == true)
            let refused = [
                try await call("kv.increment", "n", "2"), try await call("kv.get", 1),
                try await call("kv.get", .string(String(repeating: "k", count: 257))),
                try await call("kv.set", "v", .string(String(repeating: "v", count: 65 * 1024))),
            ]
            #expect(refused.allSatisfy { $0.status == 422 && $0.code == "kv_refused" })
            #expect(try await call("kv.steal", "n").failures == ["function not_allowed"])
            _ = try await server.delete(install, as: server.owner())
            #expect(try await call("kv.get", "n").code == "kv_refused")
            let again = try await server.install()
            #expect(again == install, "the same account and extension")
            #expect(try await call("kv.get", "n").data["value"] == .null)
        }
    }
}
