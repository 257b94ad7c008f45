import Domain
import Testing

@Suite("The dashboard's pages")
struct PageTests {
    /// Every page that is only read, and what it needs.
    private static let pages: [(String, Set<Permission>)] = [
        ("/bot-control", [.adminAccess, .botControlRead]),
        ("/bot-control/acct_1/twitch", [.adminAccess, .botControlRead]),
        ("/bot-control/bulk", [.adminAccess, .botControlEdit]), ("/providers", [.adminAccess, .providersRead]),
        ("/workers", [.adminAccess, .botControlRead]), ("/moderation-log", [.botControlRead]), ("/audit", [.auditRead]),
        ("/audit/2", [.auditRead]), ("/audit/2/proof", [.auditRead]), ("/audit/diff", [.auditRead]),
        ("/audit/board", [.auditRead, .botControlRead]), ("/bot-modules", [.botModulesRead]),
        ("/bot-modules/word_filter", [.botModulesRead]),
        ("/extensions", [.extensionsRead]), ("/reviews", [.extensionsReview]), ("/submissions", [.extensionsSubmit]),
    ]
    /// Every form, and what it needs.
    private static let forms: [(String, Set<Permission>)] = [
        ("/bot-control/toggle", [.adminAccess, .botControlEdit]),
        ("/bot-control/bulk/preview", [.adminAccess, .botControlEdit]),
        ("/bot-control/bulk/execute", [.adminAccess, .botControlEdit]),
        ("/providers/twitch/platform", [.adminAccess, .providersEdit]),
        ("/providers/twitch/bot-identity", [.adminAccess, .providersEdit]),
        ("/workers/forget", [.adminAccess, .botControlEdit]), ("/bot-modules/word_filter", [.botModulesEdit]),
        ("/bot-modules/word_filter/switch", [.botModulesEdit]), ("/bot-modules/word_filter/revert", [.botModulesEdit]),
        ("/bot-modules/word_filter/delete", [.botModulesEdit]),
        ("/bot-modules/extensions/00000000-0000-8000-8000-000000000000/kill", [.botModulesEdit]),
        ("/bot-modules/extensions/00000000-0000-8000-8000-000000000000/config", [.botModulesEdit]),
        ("/extensions/00000000-0000-4000-8000-000000000000/install", [.botModulesEdit]),
        ("/extensions/00000000-0000-4000-8000-000000000000/review", [.extensionsReview]),
        ("/extensions/00000000-0000-4000-8000-000000000000/publish", [.extensionsReview]),
        ("/extensions/00000000-0000-4000-8000-000000000000/suspend", [.extensionsSuspend]),
        ("/submissions", [.extensionsSubmit]),
    ]

    private static func visitor(
        _ server: APIServer, _ permissions: Set<Permission>, account: String? = "acct_1"
    ) async throws -> Browser {
        let browser = Browser(server)
        try await browser.signIn(server, as: server.token(permissions, account: account))
        return browser
    }

    @Test func `want each of their permissions, and open to who holds them`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            for (path, permissions) in Self.pages {
                let page = try await Self.visitor(server, permissions).get(path)
                #expect(page.status == 200, "\(path) → \(page.status)")
                for missing in permissions {
                    let others = Set(Permission.allCases).subtracting([missing])
                    let denied = try await Self.visitor(server, others).get(path)
                    #expect(
                        denied.status == 403 && denied.text.contains(missing.rawValue), "\(path) without \(missing)")
                }
                let away = try await Browser(server).get(path)
                #expect(away.status == 303 && away.location.hasPrefix("/sign-in"), "\(path)")
            }
        }
    }

    @Test func `take no form from who may not send it, or without the page's token`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let admin = Browser(server)
            try await admin.signIn(server)
            for (path, permissions) in Self.forms {
                for missing in permissions {
                    let browser = try await Self.visitor(server, Set(Permission.allCases).subtracting([missing]))
                    let token = try await browser.get("/moderation-log").token
                    let answer = try await browser.post(
                        path, ["csrf": token.isEmpty ? try await browser.get("/audit").token : token])
                    #expect(
                        answer.status == 403 && answer.text.contains(missing.rawValue), "\(path) without \(missing)")
                }
                #expect(try await admin.post(path, ["csrf": "x"]).status == 403, "\(path)")
                #expect(try await Browser(server).post(path, [:]).status == 303, "\(path)")
            }
            #expect(server.head == 2)
        }
    }

    @Test func `show an account nothing of another's`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            try await server.register("acct_2", name: "Secret Name")
            try await server.connect("acct_2")
            let browser = try await Self.visitor(server, Set(Permission.allCases))
            for path in ["/bot-control", "/audit", "/moderation-log", "/bot-modules"] {
                #expect(!(try await browser.get(path).text.contains("acct_2")), "\(path)")
            }
            for path in [
                "/bot-control/acct_2/twitch", "/audit/4", "/bot-modules?account_id=acct_2",
                "/bot-modules/word_filter?account_id=acct_2", "/audit?account_id=acct_2",
                "/moderation-log?account_id=acct_2",
            ] {
                let page = try await browser.get(path)
                #expect(page.status == 404 && !page.text.contains("Secret Name"), "\(path) → \(page.status)")
            }
            let token = try await browser.get("/bot-control").token
            let toggled = try await browser.post("/bot-control/toggle", ["csrf": token, "pause": "acct_2:twitch"])
            #expect(toggled.status == 404 && server.head == 4)
        }
    }

    @Test func `say what is wrong with an address, and answer everybody in their own way`() async throws {
        try await APIServer.run { server in
            let browser = try await Self.visitor(server, Set(Permission.allCases), account: nil)
            for path in ["/nowhere", "/audit/9999", "/bot-modules/nonsense?account_id=x", "/providers/myspace/bot"] {
                let page = try await browser.get(path)
                #expect(page.status == 404 && page.text.contains("Nothing is here"), "\(path) → \(page.status)")
            }
            for path in ["/audit/x", "/audit?from=yesterday", "/moderation-log?platform=myspace", "/reviews?state=x"] {
                let page = try await browser.get(path)
                #expect(page.status == 422 && page.text.contains("Something in this is not right"), "\(path)")
            }
            #expect(try await server.get("/nowhere").json.at("error", "code") == "not_found")
            #expect(try await browser.send("GET", "/dashboard/session").status == 204)
            #expect(try await Browser(server).send("GET", "/dashboard/session").status == 401)
            #expect(try await Browser(server).send("GET", "/dashboard/events").status == 401)
        }
    }

    @Test func `a form that is too large is refused`() async throws {
        try await APIServer.run { server in
            let browser = try await Self.visitor(server, Set(Permission.allCases))
            let token = try await browser.get("/bot-control").token
            let page = try await browser.post(
                "/bot-control/toggle", ["csrf": token, "reason": String(repeating: "x", count: 300_000)])
            #expect(page.status == 413)
        }
    }
}
