import Domain
import Testing

@Suite("The page of Discord guilds")
struct GuildPageTests {
    private static let path = "/discord-guilds"

    @Test func `maps a guild, shows it with its account, and deletes the mapping`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let browser = Browser(server)
            try await browser.signIn(server)
            let empty = try await browser.get(Self.path)
            #expect(empty.text.contains("No guild is mapped yet"))
            let token = empty.token
            let mapped = try await browser.post(
                Self.path,
                ["csrf": token, "guild_id": "4711", "name": "Ana's <Lounge>", "account_id": "acct_1"])
            #expect(mapped.status == 303)
            let page = try await browser.get(mapped.location)
            #expect(page.text.contains("Committed at 3."))
            for heading in ["Guild", "Guild ID", "Account", "Connected At"] {
                #expect(page.text.contains("<th scope=\"col\">\(heading)</th>"), "\(heading)")
            }
            #expect(page.text.contains("<code>4711</code>") && page.text.contains("Page 1 of 1 (1 guilds)"))
            #expect(!page.text.contains("<Lounge>"))
            #expect(try await browser.get(Self.path + "?search=zebra").text.contains("No guild matches"))
            let gone = try await browser.post(
                Self.path + "/4711/delete", ["csrf": token, "revision": "0", "name": "Lounge"])
            #expect(gone.status == 303)
            #expect(try await browser.get(gone.location).text.contains("Lounge belongs to nobody now."))
        }
    }

    @Test func `says at its fields what is wrong, and keeps what was typed`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let browser = Browser(server)
            try await browser.signIn(server)
            let token = try await browser.get(Self.path).token
            for id in ["", "lounge"] {
                let wrong = try await browser.post(
                    Self.path, ["csrf": token, "guild_id": id, "name": "Typed", "account_id": "acct_1"])
                #expect(wrong.status == 422 && wrong.text.contains("1 to 20 digits"), "\(id)")
                #expect(wrong.text.contains(#"value="Typed""#) && wrong.text.contains("aria-invalid"))
            }
            #expect(server.head == 2)
        }
    }

    @Test func `shows and changes nothing of another account's`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            try await server.register("acct_2")
            let guild: JSON = ["account_id": "acct_1", "name": "Secret Lounge"]
            _ = try await server.put("/v1/admin/discord-guilds/4711", guild)
            let head = server.head
            let browser = Browser(server)
            try await browser.signIn(server, as: server.token(Set(Permission.allCases), account: "acct_2"))
            let page = try await browser.get(Self.path)
            #expect(page.status == 200 && !page.text.contains("Secret Lounge"))
            let token = page.token
            #expect(try await browser.post(Self.path + "/4711/delete", ["csrf": token]).status == 404)
            let stolen = try await browser.post(Self.path, ["csrf": token, "guild_id": "4711", "name": "Mine"])
            #expect(stolen.status == 422 && stolen.text.contains("belongs to another account"))
            #expect(server.head == head)
        }
    }
}
