import Domain
import Testing

@Suite("The Bot Control page")
struct BotControlPageTests {
    private static func visitor(_ server: APIServer, _ permissions: Permission...) async throws -> Browser {
        let browser = Browser(server)
        let token = permissions.isEmpty ? .admin : server.token(Set(permissions))
        try await browser.signIn(server, as: token)
        return browser
    }

    @Test func `shows every bot, and of one without a connection why it has no switch`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let page = try await Self.visitor(server).get("/bot-control")
            #expect(page.status == 200 && page.text.contains("Page 1 of 1 (5)"))
            #expect(page.text.matches(of: /<tr data-bot=/).count == 5)
            #expect(page.text.contains(#"aria-label="Pause acct_1 on Twitch">Pause</button>"#))
            #expect(page.text.matches(of: /Not connected/).count == 4)
            #expect(page.text.matches(of: /class="badge no_connection"/).count == 4)
        }
    }

    @Test func `filters by its address`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let browser = try await Self.visitor(server)
            let page = try await browser.get("/bot-control?platform=twitch&search=acct&status=active")
            #expect(page.text.contains("(1)") && page.text.contains(#"<option value="twitch" selected>"#))
            #expect(page.text.contains(#"value="acct" maxlength"#))
            #expect(try await browser.get("/bot-control?search=nobody").text.contains("No bot matches"))
            #expect(try await browser.get("/bot-control?page=9").text.contains("The list ends before page 9"))
            let wrong = try await browser.get("/bot-control?platform=myspace")
            #expect(wrong.status == 422 && wrong.text.contains("Something in this is not right"))
        }
    }

    @Test func `pauses and resumes by a form, and can undo`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let browser = try await Self.visitor(server)
            let token = try await browser.get("/bot-control").token
            let bot: KeyValuePairs = [
                "csrf": token, "pause": "acct_1:twitch", "reason": "spam & ham",
                "duration": "3600", "back": "?platform=twitch&page=2&evil=1",
            ]
            let done = try await browser.post("/bot-control/toggle", bot)
            #expect(done.status == 303)
            #expect(done.location.hasPrefix("/bot-control?platform=twitch&page=2&notice="))
            let after = try await browser.get(done.location)
            #expect(after.text.contains("Paused acct_1 on Twitch.") && after.text.contains("Committed at 3."))
            let shown = try await browser.get("/bot-control?platform=twitch")
            #expect(shown.text.contains("spam &amp; ham, by admin"))
            // Words in an address count only when they are ours, and this session's.
            let other = try await Self.visitor(server)
            #expect(!(try await other.get(done.location).text.contains("Paused acct_1")))
            #expect(!(try await browser.get(done.location + "A").text.contains("Paused acct_1")))
            let undone = try await browser.post(
                "/bot-control/toggle",
                ["csrf": token, "resume": "acct_1:twitch", "revision": "1"])
            #expect(undone.status == 303 && undone.location.contains("notice="))
            let late = try await browser.post(
                "/bot-control/toggle",
                ["csrf": token, "pause": "acct_1:twitch", "revision": "1"])
            #expect(late.status == 412 && late.text.contains("Somebody else was quicker"))
            let event = try await server.get("/v1/audit/events/3")
            #expect(event.data.at("metadata", "source") == "dashboard")
        }
    }

    @Test func `has no switches for who may only look, and no page for who may not`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let reader = try await Self.visitor(server, .adminAccess, .botControlRead)
            let page = try await reader.get("/bot-control")
            #expect(
                page.status == 200 && !page.text.contains("Pause acct_1") && !page.text.contains("/bot-control/bulk"))
            let refused = try await reader.post(
                "/bot-control/toggle",
                ["csrf": page.token, "pause": "acct_1:twitch"])
            #expect(refused.status == 403 && refused.text.contains("bot-control:edit"))
            let outsider = try await Self.visitor(server, .botControlRead)
            let denied = try await outsider.get("/bot-control")
            #expect(denied.status == 403 && denied.text.contains("nothing denied"))
            #expect(denied.text.contains("admin:access") && !denied.text.contains(#"href="/bot-control""#))
            let stranger = try await Browser(server).get("/bot-control?search=x")
            #expect(stranger.status == 303 && stranger.location == "/sign-in?next=%2Fbot-control%3Fsearch%3Dx")
        }
    }

    @Test func `takes nobody's name for a part of the page`() async throws {
        try await APIServer.run { server in
            // The accent makes one character of the quotation mark and itself.
            let names = [
                #"<script>alert(1)</script>"#, #"" onfocus="alert(1)" autofocus=""#,
                "\"\u{301} onfocus=alert(1) \u{301}\"",
                "{{csrf}} {{{csrf}}}", "</title><img src=x onerror=alert(1)>", "' `x` & &lt;",
            ]
            for (number, name) in names.enumerated() {
                try await server.register("acct_\(number)", name: name)
                try await server.connect("acct_\(number)")
                _ = try await server.put(
                    "/v1/admin/bot-control/acct_\(number)/twitch", ["paused": true, "reason": .string(name)])
            }
            let browser = try await Self.visitor(server)
            for target in [
                "/bot-control?platform=twitch", "/bot-control?search=%22%CC%81%3E%3Cimg", "/bot-control/acct_4/twitch",
            ] {
                let page = try await browser.get(target)
                #expect(page.status == 200)
                #expect(!page.text.contains("<script>") && !page.text.contains("<img src=x"), "\(target)")
                // Every quotation mark that is left is the template's own.
                for match in page.text.matches(of: /onfocus=./) {
                    #expect(match.0.hasSuffix("&") || match.0.hasSuffix("a"))
                }
                #expect(
                    !page.text.unicodeScalars.indices.contains { index in
                        page.text.unicodeScalars[index] == "\""
                            && page.text.unicodeScalars[page.text.unicodeScalars.index(after: index)] == "\u{301}"
                    })
            }
        }
    }

    @Test func `allows nothing from elsewhere, and nothing inline`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let browser = try await Self.visitor(server)
            for target in ["/bot-control", "/sign-in", "/nowhere", "/bot-control/acct_1/twitch", "/bot-control/x/y"] {
                let page = try await browser.get(target)
                let policy = page.headers["content-security-policy"] ?? ""
                #expect(policy.hasPrefix("default-src 'none'; script-src 'self';") && !policy.contains("unsafe"))
                #expect(page.headers["x-content-type-options"] == "nosniff", "\(target)")
                #expect(page.headers["referrer-policy"] == "same-origin" && page.headers["cache-control"] == "no-store")
                #expect(
                    !page.text.contains(" style=") && !page.text.contains("<style")
                        && page.text.matches(of: /\ on[a-z]+=/).isEmpty)
                #expect(page.text.matches(of: /<script(?! type="module" src="\/assets)/).isEmpty, "\(target)")
            }
        }
    }

    @Test func `is small, and its assets are kept for ever`() async throws {
        try await APIServer.run { server in
            for number in 1...25 { try await server.seed("acct_\(number)") }
            let browser = try await Self.visitor(server)
            let page = try await browser.get("/bot-control?platform=twitch")
            var bytes = page.text.utf8.count
            let assets = Set(page.text.matches(of: /(?:src|href)="(\/assets\/[^"]+)"/).map { String($0.1) }).sorted()
            #expect(assets.count == 4)
            let folder = assets[0].prefix { $0 != "." }.split(separator: "/").dropLast().joined(separator: "/")
            // What the page's modules import besides.
            for asset in assets + ["/\(folder)/live.js", "/\(folder)/api.js"] {
                let answer = try await Browser(server).get(asset)
                #expect(answer.status == 200 && answer.headers["cache-control"]?.contains("immutable") == true)
                bytes += answer.text.utf8.count
            }
            print("the first page with all that it needs: \(bytes) bytes")
            #expect(bytes <= 50 * 1024)
            #expect(try await Browser(server).get(assets[0].replacing("/assets/", with: "/assets/x")).status == 404)
        }
    }
}
