import Domain
import Testing

@Suite("The pages of the past")
struct TimePageTests {
    private static func visitor(_ server: APIServer) async throws -> Browser {
        let browser = Browser(server)
        try await browser.signIn(server, as: .admin)
        return browser
    }

    @Test func `show the board as it was, and what is different now`() async throws {
        try await APIServer.run { server in
            try await server.register("acct_1", name: "Aurora")
            try await server.connect("acct_1")
            _ = try await server.put("/v1/admin/bot-control/acct_1/twitch", ["paused": true, "reason": "a raid"])
            let browser = try await Self.visitor(server)
            let now = try await browser.get("/audit/board").text
            #expect(now.contains("The board at position 3") && now.contains("This is the present."))
            #expect(now.contains("a raid, by admin") && now.contains("paused the bot of acct_1 on twitch"))
            let before = try await browser.get("/audit/board?position=2").text
            #expect(before.contains("Aurora") && !before.contains("a raid"))
            #expect(before.contains("/audit/diff?from=2") && before.contains("/audit/board?position=3"))
            #expect(try await browser.get("/audit/board?position=0").text.contains("Nothing was there"))
            #expect(try await browser.get("/audit/board?position=99").text.contains("position 3"))
            #expect(try await browser.get("/audit/board?at=2999-01-01T00:00").status == 422)
            #expect(try await browser.get("/audit/board?at=2001-01-01T00:00").text.contains("position 0"))

            let difference = try await browser.get("/audit/diff?from=2").text
            #expect(difference.contains("bot-acct_1:twitch") && difference.contains("is another one"))
            #expect(difference.contains("<ins>a raid</ins>") && difference.contains("An Admin"))
            #expect(try await browser.get("/audit/diff?from=3").text.contains("Nothing is different"))
            #expect(try await browser.get("/audit/diff?from=4").status == 422)
        }
    }

    @Test func `show what proves an event, to take away`() async throws {
        try await APIServer.run { server in
            try await server.register("acct_1")
            let browser = try await Self.visitor(server)
            #expect(try await browser.get("/audit/1").text.contains("/audit/1/proof"))
            let page = try await browser.get("/audit/1/proof")
            #expect(page.status == 200 && page.text.contains("download=\"proof-1.json\""))
            let proof = try await server.get("/v1/audit/events/1/proof")
            #expect(page.text.contains(proof.data["leaf_hash"]?.string?.prefix(20) ?? "?"))
            #expect(try await browser.get("/audit/9/proof").status == 404)
        }
    }
}
