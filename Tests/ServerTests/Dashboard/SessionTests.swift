import Domain
import Foundation
import Runtime
import Server
import TestTools
import Testing

@Suite("A session of the dashboard")
struct SessionTests {
    @Test func `begins with any credential that the API takes`() async throws {
        try await APIServer.run { server in
            let key = try server.plane.services.runtime.issueKey(
                NewAPIKey(
                    kind: .user, name: "An Operator", permissions: [.adminAccess, .botControlRead], createdBy: "admin"))
            for token in [server.admin, String(server.admin.dropFirst(3)), "  \(key.secret.text)\n"] {
                let browser = Browser(server)
                let entered = try await browser.post("/sign-in", ["token": token, "next": "/bot-control?page=2"])
                #expect(entered.status == 303 && entered.location == "/bot-control?page=2", "\(token)")
                let cookie = entered.headers["set-cookie"] ?? ""
                #expect(cookie.contains("; Path=/; ") && cookie.contains("; HttpOnly; SameSite=Strict"))
                #expect(!cookie.contains(token.prefix(20)), "the credential stays out of the browser")
                #expect(try await browser.get("/bot-control").status == 200)
                #expect(try await browser.get("/").location == "/bot-control")
            }
        }
    }

    @Test func `is Secure and of this host alone behind https`() async throws {
        try await APIServer.run { server in
            let browser = Browser(server)
            let https = [("X-Forwarded-Proto", "https")]
            let entered = try await browser.post("/sign-in", ["token": server.admin], headers: https)
            let cookie = entered.headers["set-cookie"] ?? ""
            #expect(cookie.hasPrefix("__Host-botcontrol_session=lm_ses_") && cookie.hasSuffix("; Secure"))
            #expect(try await browser.get("/bot-control", headers: https).status == 200)
            #expect(try await browser.get("/bot-control").status == 303, "over http it is not taken")
        }
    }

    @Test func `does not begin with anything else`() async throws {
        try await APIServer.run { server in
            let browser = Browser(server)
            let wrong = [
                ("", "Paste a token"), ("nonsense", "not valid"), ("lm_usr_x", "not valid"), ("lm_ses_x", "not valid"),
            ]
            for (token, words) in wrong {
                let refused = try await browser.post("/sign-in", ["token": token, "next": "/audit"])
                #expect(refused.status == 401 && refused.text.contains(words), "\(token)")
                #expect(refused.text.contains(#"name="next" value="/audit""#) && browser.session == nil)
            }
            let expired = server.token([.adminAccess], lifetimeSeconds: -1)
            #expect(try await browser.signIn(server, as: expired).text.contains("has expired"))
            try await browser.signIn(server)
            let another = Browser(server)
            let secret = String(browser.session?.split(separator: "=").last ?? "")
            #expect(try await another.post("/sign-in", ["token": secret]).status == 401, "no session from a session")
            #expect(
                try await another.post("/sign-in", ["token": server.admin], origin: "https://evil.example").status
                    == 403)
            #expect(try await another.post("/sign-in", ["token": server.admin], origin: nil).status == 403)
        }
    }

    @Test(arguments: ["https://evil.example/", "//evil.example", "/\\evil.example", "evil", "/a\r\nX: y"])
    func `leads nowhere but here`(next: String) async throws {
        try await APIServer.run { server in
            let entered = try await Browser(server).post("/sign-in", ["token": server.admin, "next": next])
            #expect(entered.status == 303 && entered.location == "/" && entered.headers["x"] == nil)
        }
    }

    @Test func `is left by signing out, for good`() async throws {
        try await APIServer.run { server in
            let browser = Browser(server)
            try await browser.signIn(server)
            let cookie = browser.session ?? ""
            let page = try await browser.get("/bot-control")
            #expect(try await browser.post("/sign-out", ["csrf": "x"]).status == 403)
            let left = try await browser.post("/sign-out", ["csrf": page.token])
            #expect(left.status == 303 && left.location == "/sign-in?out=1" && browser.session == nil)
            let old = try await browser.send("GET", "/bot-control", headers: [("Cookie", cookie)])
            #expect(old.status == 303 && old.location.hasPrefix("/sign-in?next=%2Fbot-control&ended=1"))
            let asked = try await browser.send("GET", "/v1/admin/providers", headers: [("Cookie", cookie)])
            #expect(asked.status == 401)
        }
    }

    @Test func `ends with the credential that it began with`() async throws {
        try await APIServer.run { server in
            let runtime = server.plane.services.runtime
            let key = try runtime.issueKey(
                NewAPIKey(kind: .user, name: "x", permissions: [.adminAccess, .botControlRead], createdBy: "admin"))
            let minted = server.plane.minter.mint(TokenGrant(subject: "x", isSystemAdmin: true), lifetimeSeconds: 900)
            let (byKey, byToken) = (Browser(server), Browser(server))
            try await byKey.signIn(server, as: .token(key.secret.text))
            try await byToken.signIn(server, as: .token(minted.text))
            for browser in [byKey, byToken] { #expect(try await browser.get("/bot-control").status == 200) }
            _ = try runtime.revokeKey(id: key.key.id)
            #expect(try await byKey.get("/bot-control").status == 303)
            #expect(try await byToken.get("/bot-control").status == 200)
            try runtime.revokeToken(id: minted.id, expiresAt: .latest)
            #expect(try await byToken.get("/bot-control").status == 303)
        }
    }

    @Test func `outlives neither its token nor twelve hours`() async throws {
        let clock = MovedClock()
        try await APIServer.run {
            $0.clock = clock.clock
        } _: { server in
            let (short, long) = (Browser(server), Browser(server))
            try await short.signIn(server, as: server.token([.adminAccess, .botControlRead], lifetimeSeconds: 60))
            try await long.signIn(
                server, as: server.token([.adminAccess, .botControlRead], lifetimeSeconds: 30 * 86_400))
            clock.advance(seconds: 61)
            #expect(try await short.get("/bot-control").status == 303)
            #expect(try await long.get("/bot-control").status == 200)
            clock.advance(seconds: 12 * 3600)
            #expect(try await long.get("/bot-control").status == 303)
        }
    }

    @Test func `survives a restart, and only its hash is on the disk`() async throws {
        let directory = try TemporaryDirectory()
        let cookie = try await APIServer.run(in: directory) { server in
            let browser = Browser(server)
            try await browser.signIn(server)
            return browser.session ?? ""
        }
        try await APIServer.run(in: directory) { server in
            let page = try await Browser(server).send("GET", "/bot-control", headers: [("Cookie", cookie)])
            #expect(page.status == 200)
        }
        let secret = String(cookie.split(separator: "=").last ?? "")
        #expect(secret.hasPrefix("lm_ses_"))
        for name in try directory.contents() {
            // A folder has none.
            let bytes = FileManager.default.contents(atPath: directory.file(name)) ?? Data()
            #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(name)")
        }
    }

    @Test func `begins with a link that is good once`() async throws {
        let clock = MovedClock()
        try await APIServer.run {
            $0.clock = clock.clock
        } _: { server in
            let path = try server.plane.signInPath(
                for: TokenGrant(subject: "guest", name: "A Guest", isSystemAdmin: true))
            let code = String(path.split(separator: "=").last ?? "")
            let browser = Browser(server)
            #expect(try await browser.get(path).text.contains("This link signs you in once"))
            #expect(try await browser.get(path).status == 200, "looking at it does not use it up")
            #expect(try await browser.post("/sign-in", ["code": code]).status == 303)
            #expect(try await browser.get("/bot-control").text.contains("A Guest"))
            let again = try await Browser(server).post("/sign-in", ["code": code])
            #expect(again.status == 401 && again.text.contains("used already"))
            // A link is no session.
            let late = try server.plane.signInPath(for: TokenGrant(subject: "guest", isSystemAdmin: true))
            let secret = String(late.split(separator: "=").last ?? "")
            #expect(try await server.get("/v1/admin/providers", as: .token(secret)).status == 401)
            clock.advance(seconds: 601)
            #expect(try await Browser(server).post("/sign-in", ["code": secret]).status == 401)
        }
    }
}
