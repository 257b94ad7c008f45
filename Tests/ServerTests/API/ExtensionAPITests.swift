import Domain
import EventStore
import Runtime
import Server
import Testing

@Suite("Extensions over HTTP")
struct ExtensionAPITests {
    private static let admin = "/v1/admin/extensions/\(Store.id)"
    private static let installs = "/v1/bot-modules/extensions"
    private static let consent: JSON = ["chat:send", "storage:kv"]

    private func run(_ body: @Sendable @escaping (APIServer) async throws -> Void) async throws {
        try await APIServer.run {
            $0.bundleJudge = ScriptedJudge()
        } _: { server in
            try await server.populate()
            try await body(server)
        }
    }

    private func author(_ server: APIServer) -> APIServer.Bearer {
        server.token(.extensionsRead, .extensionsSubmit, account: "acct_1", subject: "author")
    }

    private func owner(_ server: APIServer) -> APIServer.Bearer {
        server.token(.botModulesRead, .botModulesEdit, account: "acct_1", subject: "owner")
    }

    private func reviewer(_ server: APIServer, _ name: String = "reviewer") -> APIServer.Bearer {
        server.token(.extensionsReview, .extensionsSuspend, .extensionsRead, subject: name)
    }

    private func offer(_ server: APIServer, _ bundle: JSON, version: String = "1.0.0") async throws {
        #expect(try await server.post("/v1/extensions", bundle, as: author(server)).status < 300)
        let path = "\(Self.admin)/versions/\(version)"
        #expect(try await server.post("\(path)/reviews", ["decision": "approved"], as: reviewer(server)).status == 200)
        #expect(try await server.send("POST", "\(path)/publish", as: reviewer(server)).status == 200)
    }

    private func install(_ server: APIServer) async throws -> String {
        let made = try await server.post(
            Self.installs, ["extension_id": .string(Store.id), "permissions": Self.consent], as: owner(server))
        #expect(made.status == 201)
        return "\(Self.installs)/\(made.data["install_id"]?.string ?? "")"
    }

    @Test func `go from submission to an account's list`() async throws {
        try await run { (server: APIServer) async throws -> Void in
            let sent = try await server.post("/v1/extensions", Store.bundle(), as: author(server))
            #expect(sent.status == 201 && sent.data["state"] == "submitted" && sent.headers["etag"] == "\"0\"")
            #expect(sent.data["manifest"]?["name"] == "Ranks")
            let again = try await server.post("/v1/extensions", Store.bundle(), as: author(server))
            #expect(again.isChanged == false)
            let stranger = server.token(.extensionsRead, account: "acct_2")
            #expect(try await server.get("/v1/extensions/\(Store.id)", as: stranger).status == 404)
            #expect(try await server.get("/v1/extensions", as: author(server)).rows.count == 1)
            try await offer(server, Store.bundle())
            #expect(try await server.get("/v1/extensions", as: stranger).rows.count == 1)
            let seen = try await server.get("/v1/extensions/\(Store.id)", as: stranger)
            #expect(seen.data["versions"]?.array?.first?["reviews"] == [] && seen.data["state"] == "published")
            let path = try await install(server)
            let list = try await server.get("/v1/bot-modules", as: owner(server)).rows
            #expect(list.count == 1 && list[0]["kind"] == "extension" && list[0]["state"] == "running")
            #expect(list[0]["settings"] == ["points": 1])
            let gone = try await server.delete(path, as: owner(server))
            #expect(gone.isChanged == true && gone.data == .null)
            #expect(try await server.get(path, as: owner(server)).status == 404)
        }
    }

    @Test func `are refused with everything that is wrong`() async throws {
        try await run { (server: APIServer) async throws -> Void in
            let bad: JSON = ["bundle": ["files": ["main.js": "", "../x": "", "a.css": ""]]]
            let answer = try await server.post("/v1/extensions", bad, as: author(server))
            #expect(answer.status == 422 && answer.json.at("error", "details")?.array?.count == 3)
            let hidden = try await server.post(
                "/v1/extensions", Store.bundle(program: "hidden"), as: author(server))
            #expect(hidden.status == 422)
            #expect(
                hidden.json.at("error", "details")?.array?.compactMap { $0["code"]?.string } == ["trigger_mismatch"])
            #expect(
                try await server.post("/v1/extensions", Store.bundle(program: "throw"), as: author(server)).status
                    == 422)
            #expect(
                try await server.post("/v1/extensions", Store.bundle(program: "busy"), as: author(server)).status
                    == 503)
            #expect(server.plane.services.bundles.digests.isEmpty, "nothing is kept of what was refused")
        }
    }

    @Test func `cannot be submitted without a sandbox`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let answer = try await server.post("/v1/extensions", Store.bundle(), as: author(server))
            #expect(answer.status == 503 && answer.code == "sandbox_unavailable")
        }
    }

    @Test func `that ban are approved by two, and never by their author`() async throws {
        try await run { (server: APIServer) async throws -> Void in
            let bundle = Store.bundle(permissions: ["chat:ban"])
            #expect(try await server.post("/v1/extensions", bundle, as: author(server)).status == 201)
            let path = "\(Self.admin)/versions/1.0.0"
            func approve(_ name: String, _ note: JSON = "It bans known scams, and nobody else.") async throws
                -> APIAnswer
            {
                try await server.post(
                    "\(path)/reviews", ["decision": "approved", "note": note], as: reviewer(server, name))
            }
            #expect(try await approve("author").code == "own_review")
            #expect(try await approve("a", .null).code == "justification_required")
            #expect(try await approve("a").data["state"] == "in_review")
            #expect(try await server.send("POST", "\(path)/publish", as: reviewer(server)).code == "not_approved")
            #expect(try await approve("b").data["state"] == "approved")
            #expect(try await server.send("POST", "\(path)/publish", as: reviewer(server)).status == 200)
            #expect(
                try await server.get("\(path)/bundle", as: reviewer(server)).json["files"]?["main.js"] == "// ok")
        }
    }

    @Test func `are configured, overridden and exempt, with all failures at once`() async throws {
        try await run { (server: APIServer) async throws -> Void in
            try await offer(server, Store.bundle())
            let path = try await install(server), owner = owner(server)
            let wrong = try await server.put("\(path)/config", ["config": ["points": "1", "x": 1]], as: owner)
            #expect(
                wrong.json.at("error", "details")?.array?.compactMap { $0["code"]?.string } == [
                    "wrong_type", "unknown_setting",
                ])
            let done = try await server.put("\(path)/config", ["config": ["points": 9]], as: owner)
            #expect(done.data["settings"] == ["points": 9] && done.headers["etag"] == "\"1\"")
            let stale = try await server.put(
                "\(path)/config", ["config": [:]], as: owner, headers: [("If-Match", "\"0\"")])
            #expect(stale.status == 412)
            let overridden = try await server.put(
                "\(path)/overrides", ["overrides": ["rank": ["prefix": "?"]]], as: owner)
            #expect(overridden.data["triggers"]?.array?.first?["prefix"] == "?")
            let exempt = try await server.put("\(path)/exempt-roles", ["exempt_roles": ["vips": true]], as: owner)
            #expect(exempt.data["exempt_roles"] == ["moderators": false, "vips": true, "subscribers": false])
        }
    }

    @Test func `are killed at once, keep their settings, and come back`() async throws {
        try await run { (server: APIServer) async throws -> Void in
            try await offer(server, Store.bundle())
            let path = try await install(server), owner = owner(server)
            let id = JSON.string(String(path.split(separator: "/").last ?? ""))
            _ = try await server.put("\(path)/config", ["config": ["points": 9]], as: owner)
            let killed = try await server.post(
                "/v1/bot-modules/kill", ["install_id": id, "reason": "spam"], as: owner)
            #expect(killed.data["state"] == "killed" && killed.data["settings"] == ["points": 9])
            #expect(killed.data["kill"]?["reason"] == "spam")
            let stranger = server.token(.botModulesEdit, account: "acct_2")
            #expect(try await server.post("/v1/bot-modules/kill", ["install_id": id], as: stranger).status == 404)
            let again = try await server.post("/v1/bot-modules/kill", ["install_id": id])
            #expect(again.status == 200 && again.isChanged == false, "a system admin need not name the account")
            let on = try await server.patch(path, ["enabled": true], as: owner)
            #expect(on.data["state"] == "running" && on.data["kill"] == .null)
            let stopped = try await server.post("\(Self.admin)/suspend", ["reason": "leaks"], as: reviewer(server))
            #expect(stopped.data["suspended"] == true)
            #expect(try await server.get(path, as: owner).data["state"] == "suspended")
            #expect(try await server.get("/v1/bot-modules", as: owner).rows.first?["state"] == "suspended")
            #expect(try await server.post("\(Self.admin)/reinstate", [:], as: reviewer(server)).status == 200)
            #expect(try await server.get(path, as: owner).data["state"] == "running")
        }
    }

    @Test func `are upgraded, held, and asked for consent`() async throws {
        try await run { (server: APIServer) async throws -> Void in
            try await offer(server, Store.bundle())
            let path = try await install(server), owner = owner(server)
            _ = try await server.put("\(path)/config", ["config": ["points": 50]], as: owner)
            try await offer(server, Store.bundle("2.0.0", pointsMax: 10), version: "2.0.0")
            let held = try await server.post("\(path)/upgrade", [:], as: owner)
            #expect(held.data["version"] == "1.0.0" && held.data["held"]?["version"] == "2.0.0")
            #expect(held.data["offered_version"] == "2.0.0")
            let done = try await server.post("\(path)/upgrade", ["config": ["points": 5]], as: owner)
            #expect(done.data["version"] == "2.0.0" && done.data["held"] == .null)
            let more = ["chat:send", "chat:delete", "storage:kv"]
            try await offer(server, Store.bundle("3.0.0", permissions: more), version: "3.0.0")
            #expect(try await server.post("\(path)/upgrade", [:], as: owner).code == "consent_required")
            let agreed = try await server.post(
                "\(path)/upgrade", ["permissions": .array(more.map { .string($0) })], as: owner)
            #expect(agreed.data["version"] == "3.0.0")
        }
    }

    @Test func `are given to workers: bundles, and what they keep`() async throws {
        try await run { (server: APIServer) async throws -> Void in
            try await offer(server, Store.bundle())
            let path = try await install(server)
            let digest = try #require(try await server.get(path, as: owner(server)).data["bundle_digest"]?.string)
            let bundle = try await server.get("/v1/internal/bundles/\(digest)")
            #expect(bundle.status == 200)
            #expect(BundleFiles.digest(of: Array(bundle.text.utf8)).rawValue == digest)
            let missing = String(repeating: "0", count: 64)
            #expect(try await server.get("/v1/internal/bundles/\(missing)").status == 404)

            let id = JSON.string(String(path.split(separator: "/").last ?? ""))
            func ask(_ function: String, _ arguments: JSON) async throws -> APIAnswer {
                try await server.post(
                    "/v1/internal/kv",
                    ["install_id": id, "function": .string(function), "arguments": arguments])
            }
            #expect(try await ask("kv.increment", ["n", 2]).data["value"] == 2)
            #expect(try await ask("kv.get", ["n"]).data["value"] == 2)
            #expect(try await ask("kv.get", [""]).code == "kv_refused")
            #expect(try await ask("kv.drop", []).code == "validation_error")
            _ = try await server.delete(path, as: owner(server))
            #expect(try await ask("kv.get", ["n"]).code == "kv_refused")
            #expect(try server.plane.services.runtime.keyValueOwners().isEmpty)
        }
    }

    @Test func `are stopped by what workers report`() async throws {
        try await run { (server: APIServer) async throws -> Void in
            try await offer(server, Store.bundle())
            let path = try await install(server)
            let id = JSON.string(String(path.split(separator: "/").last ?? ""))
            func report(_ state: String) async throws {
                let change: JSON = [
                    "install_id": id, "state": .string(state), "reason": "timeout", "at": "2026-11-21T12:00:00Z",
                ]
                let answer = try await server.post(
                    "/v1/internal/reports", ["worker": "w", "breakers": [change]])
                #expect(answer.status == 200)
            }
            func state(becomes wanted: JSON) async throws -> Bool {
                for _ in 0..<200 {
                    if try await server.get(path, as: owner(server)).data["state"] == wanted { return true }
                    try await Task.sleep(for: .milliseconds(20))
                }
                return false
            }
            try await report("tripped")
            #expect(try await state(becomes: "tripped"))
            try await report("recovered")
            #expect(try await state(becomes: "running"))
        }
    }
}
