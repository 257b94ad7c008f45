import Domain
import Foundation
import Server
import Testing

@Suite("A token over HTTP")
struct TokenAPITests {
    private static let path = "/v1/admin/providers"

    private static func base64(_ text: String) -> String {
        Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
            "=", with: "")
    }

    @Test func `is taken with and without its prefix, whatever the case of the scheme`() async throws {
        try await APIServer.run { server in
            let plain = String(server.admin.dropFirst(3))
            for header in ["Bearer \(server.admin)", "Bearer \(plain)", "bearer \(plain)", "BEARER  \(plain)"] {
                let answer = try await server.get(Self.path, as: .nobody, headers: [("Authorization", header)])
                #expect(answer.status == 200, "\(header.prefix(12))")
            }
        }
    }

    @Test func `is refused when anything about it is forged`() async throws {
        try await APIServer.run { server in
            let parts = server.admin.dropFirst(3).split(separator: ".").map(String.init)
            let claims = Self.base64(#"{"sub":"x","system_admin":true,"exp":9999999999}"#)
            let none = Self.base64(#"{"alg":"none","typ":"JWT"}"#)
            let forged = [
                "\(none).\(claims).", "\(none).\(claims)", "\(none).\(parts[1]).\(parts[2])", "\(none).\(parts[1]).",
                "\(parts[0]).\(claims).\(parts[2])", "\(parts[0]).\(parts[1]).", "\(parts[0]).\(parts[1])",
                "\(parts[0]).\(parts[1]).\(parts[2].dropLast())", "\(parts[0]).\(parts[1]).\(parts[2])A", "x", "lm_",
                "..", "lm_usr_x",
            ]
            for token in forged {
                let answer = try await server.get(Self.path, as: .token(token))
                #expect(answer.status == 401 && answer.code == "unauthorized", "\(token.prefix(60))")
            }
        }
    }

    @Test func `of another server is worth nothing`() async throws {
        let foreign = try await APIServer.run { $0.admin }
        try await APIServer.run { server async throws in
            #expect(try await server.get(Self.path, as: .token(foreign)).status == 401)
        }
    }

    @Test func `ends when it says`() async throws {
        let clock = MovedClock()
        try await APIServer.run(in: nil, { $0.clock = clock.clock }) { server async throws in
            let old = try await server.get(Self.path, as: server.token([.providersRead], lifetimeSeconds: -1))
            #expect(old.status == 401 && old.message.contains("expired"))
            let short = server.token([.providersRead], lifetimeSeconds: 60)
            #expect(try await server.get(Self.path, as: short).status == 200)
            clock.advance(seconds: 61)
            #expect(try await server.get(Self.path, as: short).status == 401)
        }
    }

    @Test func `may be missing any number of times, and its address is not locked out for it`() async throws {
        try await APIServer.run { server async throws in
            for _ in 0..<60 { #expect(try await server.get(Self.path, as: .nobody).status == 401) }
            #expect(try await server.get(Self.path, as: server.token(.providersRead)).status == 200)
        }
    }

    @Test func `guessed too often slows its address down, not those who are known`() async throws {
        try await APIServer.run { server in
            #expect(try await server.get(Self.path).status == 200)
            #expect(try await server.get(Self.path, as: .token("guess")).status == 401)
            #expect(try await guess(server).isSubset(of: [401, 429]))
            #expect(try await server.get(Self.path).status == 200, "verified before")
            #expect(try await server.get(Self.path, as: .nobody).status == 401)
            #expect(try await freshIsLimited(server))
            let fresh = server.token(.botControlEdit, .providersRead)
            let pause = try await server.put("/v1/admin/bot-control/acct_1/twitch", ["paused": true], as: fresh)
            #expect(pause.status == 404, "whoever stops a bot is let in all the same")
        }
    }

    /// Tried again, for a slow machine earns new tries while it guesses.
    private func freshIsLimited(_ server: APIServer) async throws -> Bool {
        for _ in 0..<20 {
            if try await server.get(Self.path, as: server.token(.providersRead)).status == 429 { return true }
            _ = try await guess(server)
        }
        return false
    }

    /// Many at once, and what they were answered.
    private func guess(_ server: APIServer) async throws -> Set<Int> {
        try await withThrowingTaskGroup(of: Int.self) { guesses in
            for number in 0..<60 {
                guesses.addTask { try await server.get(Self.path, as: .token("guess\(number)")).status }
            }
            return try await guesses.reduce(into: []) { $0.insert($1) }
        }
    }

    @Test func `gives its correlation id back, and leaves it in the event`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let headers = [("X-Correlation-ID", "incident-42:a.b_c"), ("User-Agent", "tests/1")]
            let paused = try await server.put("/v1/admin/bot-control/acct_1/twitch", ["paused": true], headers: headers)
            #expect(paused.headers["x-correlation-id"] == "incident-42:a.b_c")
            let event = try await server.get("/v1/audit/events/3").data
            #expect(event.at("metadata", "correlation_id") == "incident-42:a.b_c")
            #expect(event.at("metadata", "actor") == ["kind": "user", "id": "admin"])
            #expect(event.at("metadata", "source") == "rest")
            let personal: JSON = ["display": "An Admin", "ip": "127.0.0.1", "user_agent": "tests/1"]
            #expect(event.at("metadata", "personal") == personal)
            let refused = try await server.put("/v1/admin/bot-control/acct_1/kick", ["paused": true], headers: headers)
            #expect(refused.json.at("error", "correlation_id") == "incident-42:a.b_c")
        }
    }
}
