import Domain
import Testing

@Suite("Bot commands over HTTP")
struct BotCommandAPITests {
    private static let global = "/v1/admin/bot-commands", own = "/v1/bot-commands"
    private static func of(_ account: String, _ name: String = "") -> String {
        own + (name.isEmpty ? "" : "/" + name) + "?account_id=" + account
    }

    @Test func `are defined with all that is not said at its default, and deleted`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let path = Self.of("acct_1", "so")
            #expect(try await server.get(path).status == 404)
            let made = try await server.put(path, ["response": "hello"])
            #expect(made.isChanged == true && made.headers["etag"] == "\"0\"")
            #expect(made.data["account_id"] == "acct_1" && made.data["name"] == "so")
            #expect(made.data["response_type"] == "text" && made.data["minimum_role"] == "everyone")
            #expect(made.data["platforms"] == ["twitch", "youtube", "kick", "trovo", "discord"])
            #expect(made.data["cooldown_seconds"] == 0 && made.data["enabled"] == true)
            #expect(try await server.put(path, ["response": "hello"]).isChanged == false)
            let full: JSON = [
                "response": "{user} rolls {random:1,2}", "response_type": "template", "description": "A die",
                "platforms": ["kick", "twitch"], "minimum_role": "vip", "cooldown_seconds": 5,
                "user_cooldown_seconds": 60, "enabled": false,
            ]
            let changed = try await server.put(path, full)
            #expect(changed.data["platforms"] == ["twitch", "kick"] && changed.data["enabled"] == false)
            #expect(try await server.get(path).data == changed.data)
            #expect(try await server.get(Self.of("acct_1")).rows == [changed.data])
            #expect(try await server.get(Self.of("acct_1") + "&search=DIE").rows.count == 1)
            let gone = try await server.delete(path, headers: [("If-Match", "\"0\"")])
            #expect(gone.status == 412)
            #expect(try await server.delete(path).data == .null)
            #expect(try await server.delete(path).isChanged == false)
        }
    }

    @Test func `of all accounts are in force where an account has none of that name`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let made = try await server.put(Self.global + "/so", ["response": "global", "minimum_role": "vip"])
            #expect(made.isChanged == true && made.data["account_id"] == .null)
            let seen = try await server.get(Self.of("acct_1", "so"))
            #expect(seen.data == made.data && seen.headers["etag"] == nil)
            #expect(try await server.get(Self.of("acct_1")).rows == [made.data])
            let own = try await server.put(
                Self.of("acct_1", "so"), ["response": "own", "minimum_role": "moderator", "enabled": false])
            #expect(try await server.get(Self.of("acct_1")).rows == [own.data])
            #expect(try await server.get(Self.global).rows == [made.data])
            _ = try await server.delete(Self.of("acct_1", "so"))
            #expect(try await server.get(Self.of("acct_1", "so")).data == made.data)
        }
    }

    @Test func `of an account cannot be called by lower roles than the global one`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            _ = try await server.put(Self.global + "/so", ["response": "global", "minimum_role": "vip"])
            for role in ["subscriber", "follower", "everyone"] {
                let refused = try await server.put(
                    Self.of("acct_1", "so"), ["response": "own", "minimum_role": .string(role)])
                #expect(refused.status == 422 && refused.failures == ["minimum_role too_low"], "\(role)")
                #expect(refused.text.contains("vip or higher"))
            }
            for role in ["vip", "broadcaster"] {
                let taken = try await server.put(
                    Self.of("acct_1", "so"), ["response": "own", "minimum_role": .string(role)])
                #expect(taken.isChanged == true, "\(role)")
            }
            _ = try await server.delete(Self.global + "/so")
            #expect(try await server.put(Self.of("acct_1", "so"), ["response": "own"]).isChanged == true)
        }
    }

    @Test func `say everything that is wrong with them`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let wrong = try await server.put(
                Self.global + "/so",
                [
                    "response": "{usr} {random:}", "response_type": "template", "platforms": ["twitch", "myspace"],
                    "minimum_role": "king", "cooldown_seconds": -1, "user_cooldown_seconds": 86_401, "enabled": 1,
                    "descripton": "x",
                ])
            #expect(wrong.status == 422)
            #expect(
                wrong.failures.sorted() == [
                    "cooldown_seconds out_of_range", "descripton unknown_field", "enabled wrong_type",
                    "minimum_role not_allowed", "platforms.1 not_allowed", "response not_allowed",
                    "response not_allowed", "user_cooldown_seconds out_of_range",
                ])
            #expect(wrong.text.contains("did you mean {user}?"))
            #expect(try await server.put(Self.global + "/so", [:]).failures == ["response required"])
            let none = try await server.put(Self.global + "/so", ["response": "x", "platforms": []])
            #expect(none.failures == ["platforms too_few"])
            for name in ["!so", "So", "a%20b", "%C3%A9"] {
                let refused = try await server.put(Self.global + "/" + name, ["response": "x"])
                #expect(refused.status == 422 && refused.failures == ["name not_allowed"], "\(name)")
            }
            // Braces are only braces in what is said as it is.
            #expect(try await server.put(Self.global + "/so", ["response": "{usr"]).isChanged == true)
            #expect(try await server.put(Self.of("ghost", "so"), ["response": "x"]).status == 404)
        }
    }

    @Test func `are an account's own affair, and those for all are the operators'`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            try await server.register("acct_2")
            _ = try await server.put(Self.of("acct_1", "so"), ["response": "secret"])
            let stranger = server.token(.botCommandsRead, .botCommandsEdit, account: "acct_2")
            #expect(try await server.get(Self.own + "/so", as: stranger).status == 404)
            #expect(try await server.get(Self.own, as: stranger).rows == [])
            for path in [Self.of("acct_1", "so"), Self.of("acct_1")] {
                #expect(try await server.get(path, as: stranger).status == 404)
            }
            #expect(try await server.delete(Self.of("acct_1", "so"), as: stranger).status == 404)
            #expect(try await server.put(Self.global + "/so", ["response": "x"], as: stranger).status == 403)
            #expect(try await server.put(Self.own + "/so", ["response": "x"], as: stranger).isChanged == true)
        }
    }
}
