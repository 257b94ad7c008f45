import Domain
import Testing

@Suite("Bot modules over HTTP")
struct BotModuleAPITests {
    private static let path = "/v1/bot-modules/word_filter"
    private static let config: JSON = ["blocked_words": ["badword1"], "action": "delete"]

    private func owner(_ server: APIServer, _ account: String = "acct_1") -> APIServer.Bearer {
        server.token(.botModulesRead, .botModulesEdit, account: account)
    }

    @Test func `are configured, read, listed and removed`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let owner = owner(server)
            #expect(try await server.get(Self.path, as: owner).status == 404)
            #expect(try await server.get("/v1/bot-modules", as: owner).rows.isEmpty)
            let roles: JSON = ["moderators": true, "vips": false]
            let made = try await server.put(
                Self.path, ["enabled": true, "config": Self.config, "exempt_roles": roles], as: owner)
            #expect(made.status == 200 && made.isChanged == true && made.headers["etag"] == "\"0\"")
            #expect(made.data["module_name"] == "word_filter" && made.data["account_id"] == "acct_1")
            #expect(made.data["config"] == Self.config && made.data["exempt_roles"] == roles)
            let read = try await server.get(Self.path, as: owner)
            #expect(read.data == made.data && read.headers["etag"] == "\"0\"")
            #expect(read.json.at("_links", "self", "href")?.string == Self.path)
            #expect(try await server.get("/v1/bot-modules", as: owner).rows == [made.data])

            let same = try await server.put(
                Self.path,
                [
                    "config": ["action": "delete", "blocked_words": ["badword1"]], "exempt_roles": roles,
                    "enabled": true,
                ],
                as: owner)
            #expect(same.isChanged == false && same.position == made.position)
            let removed = try await server.delete(Self.path, as: owner)
            #expect(removed.status == 200 && removed.isChanged == true && removed.data == .null)
            let again = try await server.delete(Self.path, as: owner)
            #expect(again.isChanged == false && again.data == .null && again.position == removed.position)

            let anew = try await server.put(Self.path, ["enabled": false], as: owner)
            #expect(anew.data["id"] != made.data["id"], "another module's life")
            #expect(anew.data["revision"] == 2)
        }
    }

    @Test func `default to empty settings, as the manual says`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            for body: JSON in [["enabled": true], ["enabled": true, "config": nil, "exempt_roles": nil]] {
                let made = try await server.put(Self.path, body, as: owner(server))
                #expect(made.data["config"] == [:] && made.data["exempt_roles"] == [:])
            }
            #expect(server.head == 3)
        }
    }

    @Test func `have the names of the whitelist and no other`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            for name in ModuleName.allCases {
                let made = try await server.put(
                    "/v1/bot-modules/\(name.rawValue)", ["enabled": true], as: owner(server))
                #expect(made.status == 200)
            }
            for name in ["wordfilter", "WORD_FILTER", "word_filter%00"] {
                for method in ["GET", "PUT", "DELETE"] {
                    let body: JSON? = method == "PUT" ? ["enabled": true] : nil
                    let answer = try await server.send(method, "/v1/bot-modules/\(name)", body, as: owner(server))
                    #expect(answer.status == 422 && answer.failures == ["module_name not_allowed"], "\(method) \(name)")
                }
            }
            let names = try await server.get("/v1/bot-modules", as: owner(server)).rows.map {
                $0["module_name"]?.string
            }
            #expect(names == ModuleName.allCases.map(\.rawValue))
        }
    }

    @Test func `list every failure, in the body and in the settings`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let answer = try await server.put(
                Self.path,
                [
                    "enabled": "on", "config": ["blocked_words": [1], "actoin": "delete", "blocked_patterns": ["("]],
                    "exempt_roles": ["founders": true, "vips": 1], "name": "x",
                ], as: owner(server))
            #expect(answer.status == 422)
            #expect(
                Set(answer.failures).isSuperset(of: [
                    "enabled wrong_type", "config.blocked_words.0 wrong_type", "config.actoin unknown_field",
                    "exempt_roles.founders unknown_field", "exempt_roles.vips wrong_type", "name unknown_field",
                ]), "\(answer.failures)")
            #expect(answer.failures.contains { $0.hasPrefix("config.blocked_patterns.0 ") })
            #expect(answer.text.contains("did you mean action?"))
            #expect(try await server.put(Self.path, ["enabled": true, "config": []], as: owner(server)).status == 422)
        }
    }

    @Test func `need the Pro plan, or an operator's leave, but can always be removed`() async throws {
        try await APIServer.run { server in
            try await server.register("acct_1", plan: "pro")
            try await server.register("acct_2", plan: "free")
            let free = owner(server, "acct_2")
            let refused = try await server.put(Self.path, ["enabled": true], as: free)
            #expect(refused.status == 403 && refused.code == "plan_required")
            #expect(refused.message.contains("Pro plan") && refused.message.contains("Free"))
            #expect(refused.message.contains("upgrade"))
            _ = try await server.patch("/v1/admin/accounts/acct_2", ["custom_bot_allowed": true])
            #expect(try await server.put(Self.path, ["enabled": true], as: free).status == 200)

            _ = try await server.put(Self.path, ["enabled": true], as: owner(server))
            _ = try await server.patch("/v1/admin/accounts/acct_1", ["plan": "free"])
            #expect(try await server.put(Self.path, ["enabled": false], as: owner(server)).status == 403)
            #expect(try await server.get(Self.path, as: owner(server)).status == 200)
            #expect(try await server.delete(Self.path, as: owner(server)).isChanged == true)
            _ = try await server.patch(
                "/v1/admin/accounts/acct_1", ["plan": "enterprise", "custom_bot_allowed": false])
            #expect(try await server.put(Self.path, ["enabled": true], as: owner(server)).status == 403)
        }
    }

    @Test func `belong to one account`() async throws {
        try await APIServer.run { server in
            try await server.register("acct_1")
            try await server.register("acct_2")
            _ = try await server.put(Self.path, ["enabled": true], as: owner(server))
            let stranger = owner(server, "acct_2")
            for target in ["/v1/bot-modules", Self.path] {
                #expect(try await server.get("\(target)?account_id=acct_1", as: stranger).status == 404)
            }
            #expect(
                try await server.put("\(Self.path)?account_id=acct_1", ["enabled": false], as: stranger).status == 404)
            #expect(try await server.delete("\(Self.path)?account_id=acct_1", as: stranger).status == 404)
            #expect(try await server.get(Self.path, as: stranger).status == 404)
            #expect(try await server.get("\(Self.path)?account_id=acct_1", as: owner(server)).status == 200)

            let read = try await server.get("\(Self.path)?account_id=acct_1")
            #expect(read.json.at("_links", "self", "href")?.string == "\(Self.path)?account_id=acct_1")
            #expect(try await server.get(Self.path).failures == ["account_id required"])
            #expect(try await server.get("\(Self.path)?account_id=a%20b").failures == ["account_id not_allowed"])
            #expect(try await server.get(Self.path, as: server.token(.botModulesRead)).status == 403)
            let ghost = owner(server, "acct_9")
            #expect(try await server.put(Self.path, ["enabled": true], as: ghost).code == "account_not_found")
        }
    }

    @Test func `are not mixed up between system admins of different accounts`() async throws {
        try await APIServer.run { server in
            try await server.register("acct_1")
            try await server.register("acct_2")
            _ = try await server.put(Self.path, ["enabled": true], as: owner(server))
            let first = server.token([], account: "acct_1", isSystemAdmin: true)
            let second = server.token([], account: "acct_2", isSystemAdmin: true)
            #expect(try await server.get("/v1/bot-modules", as: first).rows.count == 1)
            #expect(try await server.get("/v1/bot-modules", as: second).rows.isEmpty)
        }
    }
}
