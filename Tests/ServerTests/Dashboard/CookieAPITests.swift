import Domain
import Testing

@Suite("The API with a session's cookie")
struct CookieAPITests {
    private static let path = "/v1/admin/bot-control/acct_1/twitch"
    private static let pause = Array(#"{"paused": true}"#.utf8)

    private static func headers(_ token: String, origin: String? = "http://localhost", site: String? = nil) -> [(
        String, String
    )] {
        [("Content-Type", "application/json")] + (token.isEmpty ? [] : [("X-CSRF-Token", token)])
            + (origin.map { [("Origin", $0)] } ?? []) + (site.map { [("Sec-Fetch-Site", $0)] } ?? [])
    }

    @Test func `reads with it alone, and writes with the page's token`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let browser = Browser(server)
            try await browser.signIn(server)
            #expect(try await browser.send("GET", "/v1/admin/bot-control/statuses").status == 200)
            let token = try await browser.get("/bot-control").token
            let paused = try await browser.send(
                "PUT", Self.path, headers: Self.headers(token, site: "same-origin"), body: Self.pause)
            #expect(paused.status == 200)
            let event = try await server.get("/v1/audit/events/\(server.head)")
            #expect(event.data.at("metadata", "source") == "dashboard")
            #expect(event.data.at("metadata", "actor", "id") == "admin")
        }
    }

    @Test func `writes nothing for other sites`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let (browser, other) = (Browser(server), Browser(server))
            try await browser.signIn(server)
            try await other.signIn(server)
            let token = try await browser.get("/bot-control").token
            let foreign = try await other.get("/bot-control").token
            let head = server.head
            let wrong: [[(String, String)]] = [
                Self.headers(""), Self.headers(foreign), Self.headers(String(token.dropLast())),
                Self.headers(token + "A"),
                Self.headers(token, origin: "https://evil.example"), Self.headers(token, origin: "null"),
                Self.headers(token, origin: "http://localhost:1"), Self.headers(token, origin: nil),
                Self.headers(token, site: "same-site"), Self.headers(token, site: "cross-site"),
                Self.headers(token, origin: nil, site: "none"),
            ]
            for headers in wrong {
                let refused = try await browser.send("PUT", Self.path, headers: headers, body: Self.pause)
                #expect(refused.status == 403, "\(headers)")
                let toggled = try await browser.send(
                    "POST", "/bot-control/toggle",
                    headers: headers.filter { $0.0 != "Content-Type" } + [
                        ("Content-Type", "application/x-www-form-urlencoded")
                    ], body: Array("pause=acct_1:twitch".utf8))
                #expect(toggled.status == 403, "\(headers)")
            }
            #expect(server.head == head)
            // Who sends a token of his own is no browser that somebody else leads.
            #expect(try await server.put(Self.path, ["paused": true]).status == 200)
        }
    }

    @Test func `answers the manual's proxy routes`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let all = try await server.get("/api/bot-statuses?platform=twitch")
            #expect(all.rows == (try await server.get("/v1/admin/bot-control/statuses?platform=twitch").rows))
            let toggle = "/api/bot-statuses/toggle"
            let paused = try await server.post(
                toggle, ["account_id": "acct_1", "platform": "twitch", "paused": true, "reason": "spam"])
            #expect(paused.data["status"] == "paused" && paused.data["paused_reason"] == "spam")
            #expect(
                try await server.post(toggle, [:]).failures.sorted() == [
                    "account_id required", "paused required", "platform required",
                ])
            let absent = try await server.post(toggle, ["account_id": "nobody", "platform": "kick", "paused": true])
            #expect(absent.status == 404)
        }
    }
}
