import Domain
import TestTools
import Testing

@Suite("Keys over HTTP")
struct KeyAPITests {
    private static let path = "/v1/admin/keys"

    @Test func `are shown once, used, listed and revoked`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let made = try await server.post(
                Self.path, ["kind": "user", "name": "CI", "account_id": "acct_1", "permissions": ["bot-modules:read"]])
            #expect(made.status == 200)
            let secret = try #require(made.data["secret"]?.string), id = try #require(made.data["id"]?.string)
            #expect(secret.hasPrefix("lm_usr_") && made.data["created_by"] == "admin")
            #expect(try await server.get("/v1/bot-modules", as: .token(secret)).status == 200)
            #expect(try await server.get(Self.path, as: .token(secret)).status == 403)

            let listed = try await server.get(Self.path)
            #expect(listed.meta["total"] == 1 && !listed.text.contains(secret.dropFirst(7)))
            let one = try await server.get("\(Self.path)/\(id)")
            #expect(one.data["secret"] == nil && one.data["last_used_at"] != .null)

            let revoked = try await server.delete("\(Self.path)/\(id)")
            #expect(revoked.status == 200 && revoked.data["revoked_at"] != .null)
            let dead = try await server.get("/v1/bot-modules", as: .token(secret))
            #expect(dead.status == 401 && dead.message.contains("revoked"))
            #expect(try await server.delete("\(Self.path)/\(id)").data["revoked_at"] == revoked.data["revoked_at"])
            #expect(try await server.get("\(Self.path)/nope").status == 404)
            #expect(server.head == 2, "keys are no history")
        }
    }

    @Test func `never give more than their maker has`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let clerk = server.token(.keysEdit, .keysRead, .botModulesRead, account: "acct_1", subject: "clerk")
            let fine = try await server.post(
                Self.path, ["kind": "user", "name": "mine", "permissions": ["bot-modules:read"]], as: clerk)
            #expect(fine.status == 200 && fine.data["account_id"] == "acct_1")
            let escalations: [JSON] = [
                ["kind": "user", "name": "x", "permissions": ["bot-modules:read", "bot-control:edit"]],
                ["kind": "user", "name": "x", "account_id": "acct_2", "permissions": []],
                ["kind": "system", "name": "x"],
            ]
            for body in escalations {
                let refused = try await server.post(Self.path, body, as: clerk)
                #expect(refused.status == 403 && refused.code == "forbidden", "\(body.text)")
            }
            let system = try await server.post(Self.path, ["kind": "system", "name": "worker"])
            let worker = try #require(system.data["secret"]?.string)
            #expect(worker.hasPrefix("lm_sys_"))
            #expect(try await server.post("/v1/internal/heartbeats", [], as: .token(worker)).status == 200)

            #expect(try await server.get(Self.path, as: clerk).rows.map { $0["name"]?.string } == ["mine"])
            let foreign = try #require(system.data["id"]?.string)
            #expect(try await server.get("\(Self.path)/\(foreign)", as: clerk).status == 404)
            #expect(try await server.delete("\(Self.path)/\(foreign)", as: clerk).status == 404)
            #expect(try await server.get(Self.path).meta["total"] == 2)
        }
    }

    @Test func `say everything that is wrong`() async throws {
        try await APIServer.run { server in
            let answer = try await server.post(
                Self.path,
                [
                    "kind": "root", "name": " ", "account_id": "a b", "permissions": ["bot-control:edt", 1],
                    "expires_at": "2020-01-01T00:00:00Z", "secret": "mine",
                ])
            #expect(
                answer.failures.sorted() == [
                    "account_id not_allowed", "expires_at out_of_range", "kind not_allowed", "name blank",
                    "permissions.0 not_allowed", "permissions.1 not_allowed", "secret unknown_field",
                ])
            #expect(answer.text.contains("did you mean bot-control:edit?"))
            #expect(try await server.get("\(Self.path)?name=x").failures == ["name unknown_field"])
            #expect(try await server.get("\(Self.path)/x?name=x").failures == ["name unknown_field"])
        }
    }

    @Test func `survive a restart, and so does their end`() async throws {
        let directory = try TemporaryDirectory()
        let secrets = try await APIServer.run(in: directory) { server in
            var secrets: [String] = []
            for name in ["kept", "revoked"] {
                let made = try await server.post(
                    Self.path, ["kind": "user", "name": .string(name), "permissions": ["providers:read"]])
                secrets.append(try #require(made.data["secret"]?.string))
                if name == "revoked" { _ = try await server.delete("\(Self.path)/\(made.data["id"]?.string ?? "")") }
            }
            return secrets
        }
        try await APIServer.run(in: directory) { server async throws in
            #expect(try await server.get("/v1/admin/providers", as: .token(secrets[0])).status == 200)
            #expect(try await server.get("/v1/admin/providers", as: .token(secrets[1])).status == 401)
        }
    }
}
