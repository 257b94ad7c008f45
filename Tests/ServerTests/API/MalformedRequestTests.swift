import Domain
import Testing

@Suite("A malformed request")
struct MalformedRequestTests {
    private static let bodies: [[UInt8]] =
        [
            "", " ", "{", "}", "[", "nul", "{\"paused\": true", "{\"paused\": true,}", "{'paused': true}",
            "{\"paused\": true} x", "{\"paused\": true, \"paused\": false}", "{\"paused\": tru\u{0}e}",
            "\u{FEFF}{\"paused\": true}",
            "{\"paused\": 01}", "{\"paused\": NaN}", "{\"reason\": \"\\ud800\"}", "{\"reason\": \"a\u{1}b\"}",
            "{\"paused\" true}",
            String(repeating: "[", count: 33), String(repeating: "[", count: 100_000),
            String(repeating: "{\"a\":", count: 1000),
            "{\"config\": \(String(repeating: "[", count: 32))\(String(repeating: "]", count: 32))}",
        ].map { Array($0.utf8) } + [
            [0xFF, 0xFE], Array("{\"reason\": \"".utf8) + [0xC3, 0x28] + Array("\"}".utf8),
            Array("{\"reason\": \"".utf8) + [0xED, 0xA0, 0x80] + Array("\"}".utf8),
        ]

    @Test func `with a body that is not JSON is answered with 400, and nothing is recorded`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let admin = server.token([], account: "acct_1", isSystemAdmin: true)
            // Of what platforms send, the proof is looked at before anything else.
            let routes = server.document.routes.filter { $0.hasBody && !$0.path.hasPrefix("/v1/webhooks/") }
            for route in routes {
                for body in Self.bodies {
                    let answer = try await server.send(route.method, route.target(), bytes: body, as: admin)
                    #expect(
                        answer.status == 400 && answer.code == "malformed_json",
                        "\(route) \(String(decoding: body.prefix(40), as: UTF8.self)) → \(answer.status)")
                }
            }
            #expect(server.head == 2)
        }
    }

    @Test func `says where the mistake is`() async throws {
        try await APIServer.run { server in
            let twice = try await server.send(
                "PATCH", "/v1/admin/providers/twitch", bytes: Array(#"{"login": true, "login": false}"#.utf8))
            #expect(twice.message.contains("\"login\" stands twice") && twice.message.contains("byte 16"))
            let empty = try await server.send("POST", "/v1/admin/accounts", bytes: [])
            #expect(empty.message.contains("empty"))
        }
    }

    @Test(arguments: [
        "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data; boundary=x",
        "*/*",
    ])
    func `is told to send JSON`(type: String) async throws {
        try await APIServer.run { server in
            let answer = try await server.patch(
                "/v1/admin/providers/twitch", ["login": false, "reason": "x"], headers: [("Content-Type", type)])
            #expect(answer.status == 415 && answer.code == "unsupported_media_type")
            #expect(server.head == 0)
        }
    }

    @Test(arguments: ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"])
    func `is none when it says JSON in any way`(type: String) async throws {
        try await APIServer.run { server in
            let answer = try await server.patch(
                "/v1/admin/providers/twitch", ["login": false, "reason": "x"], headers: [("Content-Type", type)])
            #expect(answer.status == 200)
        }
    }

    @Test func `is too large beyond 256 KiB`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let target = "/v1/bot-modules/word_filter?account_id=acct_1"
            func body(_ count: Int) -> [UInt8] {
                let frame = #"{"enabled": true, "config": {"action": ""}}"#
                return Array(
                    frame.replacing("\"\"", with: "\"\(String(repeating: "x", count: count - frame.utf8.count))\"").utf8
                )
            }
            let fits = try await server.send("PUT", target, bytes: body(262_144))
            #expect(fits.status == 422, "it is read, and the action is not known")
            for count in [262_145, 3_000_000] {
                let answer = try await server.send("PUT", target, bytes: body(count))
                #expect(answer.status == 413 && answer.code == "too_large" && answer.message.contains("262144"))
            }
            #expect(server.head == 2)
        }
    }

    @Test func `has a method that is not taken, and hears which are`() async throws {
        try await APIServer.run { server in
            let documented = Dictionary(grouping: server.document.routes, by: \.path)
            for (path, routes) in documented {
                let taken = Set(routes.map(\.method))
                for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"] where !taken.contains(method) {
                    let answer = try await server.send(method, routes[0].target())
                    #expect(answer.status == 405 && answer.code == "method_not_allowed", "\(method) \(path)")
                    let allowed = Set((answer.headers["allow"] ?? "").split(separator: ", ").map(String.init))
                    #expect(allowed == taken, "\(method) \(path)")
                }
            }
        }
    }

    @Test(arguments: [
        "/", "/v1", "/v2/bot-modules", "/v1/admin", "/v1/admin/accounts/a/b", "/v1/gq", "/.env",
        "/v1/bot-modules/a/b/c",
    ])
    func `leads nowhere, and hears where the paths are listed`(target: String) async throws {
        try await APIServer.run { server in
            let answer = try await server.get(target, headers: [("X-Correlation-ID", "mine-1")])
            #expect(answer.status == 404 && answer.message.contains("/v1/api-doc/openapi.json"))
            #expect(answer.headers["x-correlation-id"] == "mine-1")
        }
    }

    @Test func `that is not HTTP at all harms nobody`() async throws {
        try await APIServer.run { server async throws in
            let nonsense: [[UInt8]] = [
                Array("hello\r\n\r\n".utf8), Array("GET\r\n\r\n".utf8), [0, 1, 2, 3, 0x0D, 0x0A, 0x0D, 0x0A],
                Array("GET / HTTP/9.9\r\n\r\n".utf8), Array("PUT / HTTP/1.1\r\nContent-Length: -5\r\n\r\n".utf8),
                Array("PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n".utf8),
                Array("GET / HTTP/1.1\r\n\(String(repeating: "X: y\r\n", count: 20_000))\r\n".utf8),
            ]
            for bytes in nonsense { _ = try? await PlainHTTP.exchange(port: server.port, bytes) }
            #expect(try await server.get("/health/live").status == 200)
        }
    }
}
