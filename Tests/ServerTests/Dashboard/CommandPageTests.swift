import Domain
import Testing

@Suite("The pages of commands")
struct CommandPageTests {
    private static func admin(_ server: APIServer) async throws -> Browser {
        try await server.populate()
        let browser = Browser(server)
        try await browser.signIn(server)
        return browser
    }

    @Test func `define, show, edit and delete a command for all accounts`() async throws {
        try await APIServer.run { server in
            let browser = try await Self.admin(server)
            #expect(try await browser.get("/global-commands").text.contains("No commands yet"))
            let form = try await browser.get("/global-commands/edit")
            #expect(form.status == 200 && form.text.contains("A new command"))
            let token = form.token
            let saved = try await browser.post(
                "/global-commands/edit",
                [
                    "csrf": token, "name": "so", "response": "Hi <b>{user}</b>", "response_type": "template",
                    "platforms.shown": "1", "platforms": "twitch", "minimum_role": "vip", "cooldown_seconds": "5",
                    "enabled.shown": "1", "enabled": "1",
                ])
            #expect(saved.status == 303)
            let page = try await browser.get(saved.location)
            #expect(page.text.contains("!so is saved.") && page.text.contains("Hi &lt;b&gt;{user}&lt;/b&gt;"))
            #expect(page.text.contains("<td>Vip</td><td>Twitch</td>") && page.text.contains("5 s, 0 s a user"))
            let stored = try await browser.get("/global-commands/edit?name=so")
            #expect(stored.text.contains(#"name="revision" value="0""#))
            #expect(stored.text.contains(#"<option value="vip" selected>"#))
            let gone = try await browser.post(
                "/global-commands/delete", ["csrf": token, "name": "so", "revision": "0"])
            #expect(try await browser.get(gone.location).text.contains("!so is deleted."))
            let again = try await browser.post(
                "/global-commands/edit", ["csrf": token, "name": "so", "response": "back"])
            #expect(again.status == 303, "a name that was deleted is free")
        }
    }

    @Test func `put an account's own command in the place of the global one`() async throws {
        try await APIServer.run { server in
            let browser = try await Self.admin(server)
            _ = try await server.put(
                "/v1/admin/bot-commands/so", ["response": "global", "minimum_role": "vip"])
            #expect(try await browser.get("/bot-commands").text.contains("Whose commands?"))
            let page = try await browser.get("/bot-commands?account_id=acct_1")
            #expect(page.text.contains(#"aria-label="Replace !so""#) && !page.text.contains("Delete !so"))
            let form = try await browser.get("/bot-commands/edit?account_id=acct_1&name=so")
            #expect(form.text.contains("This is the global command.") && form.text.contains(#"value="global""#))
            let fields: KeyValuePairs = [
                "csrf": form.token, "account_id": "acct_1", "stored_name": "so", "name": "so", "response": "own",
                "minimum_role": "everyone",
            ]
            let refused = try await browser.post("/bot-commands/edit", fields)
            #expect(refused.status == 422 && refused.text.contains("Must be vip or higher"))
            #expect(refused.text.contains(#"value="own""#))
            let saved = try await browser.post(
                "/bot-commands/edit",
                [
                    "csrf": form.token, "account_id": "acct_1", "stored_name": "so", "name": "so", "response": "own",
                    "minimum_role": "vip",
                ])
            #expect(saved.status == 303 && saved.location.hasPrefix("/bot-commands?account_id=acct_1"))
            let own = try await browser.get(saved.location)
            #expect(own.text.contains(#"aria-label="Edit !so""#) && own.text.contains("Delete !so"))
        }
    }

    @Test func `say at its fields what is wrong, and write over nothing unseen`() async throws {
        try await APIServer.run { server in
            let browser = try await Self.admin(server)
            _ = try await server.put("/v1/admin/bot-commands/so", ["response": "global"])
            let token = try await browser.get("/global-commands/edit").token
            let twice = try await browser.post(
                "/global-commands/edit", ["csrf": token, "name": "so", "response": "mine"])
            #expect(twice.status == 422 && twice.text.contains("edit that one"))
            let wrong = try await browser.post(
                "/global-commands/edit",
                ["csrf": token, "name": "!x", "response": "{usr}", "response_type": "template"])
            #expect(wrong.status == 422 && wrong.text.contains("without the !"))
            let template = try await browser.post(
                "/global-commands/edit",
                ["csrf": token, "name": "x", "response": "{usr}", "response_type": "template"])
            #expect(template.status == 422 && template.text.contains("did you mean {user}?"))
            let stale = try await browser.post(
                "/global-commands/edit",
                ["csrf": token, "stored_name": "so", "name": "so", "response": "x", "revision": "7"])
            #expect(stale.status == 422)
            #expect(server.head == 3)
        }
    }
}
