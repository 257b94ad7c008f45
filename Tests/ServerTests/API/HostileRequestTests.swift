import Domain
import Testing

@Suite("A hostile request")
struct HostileRequestTests {
    private static let tricks = [
        "'%3B%20DROP%20TABLE%20events%3B--", "%22%20OR%201%3D1%20--", "acct_1'%20OR%20'1'='1", "..%2f..%2fetc%2fpasswd",
        "%2e%2e%2f", "..%5c", "%00", "a%00b", "%0d%0aX-Injected:%201", "%ff%fe", "%zz", "%", "%E2%80%AE",
        "%F0%9F%9B%91",
        "e%CC%81", "%7B%7B7*7%7D%7D", "$%7Bjndi:ldap:x%7D", "-1", "0", "1e9", "9223372036854775807",
        "99999999999999999999",
        "null", "true", "*", "_", "%25", "%25%25%25", "<script>", String(repeating: "A", count: 5000),
        String(repeating: "%25", count: 300), String(repeating: "%F0%9F%9B%91", count: 400),
    ]

    @Test func `in any parameter of a path is refused, and never breaks anything`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            for route in server.document.routes {
                let names = route.parameters(in: "path").compactMap { $0["name"]?.string }
                for name in names {
                    for trick in Self.tricks {
                        let body: JSON? = route.hasBody ? [:] : nil
                        let answer = try await server.send(route.method, route.target([name: trick]), body)
                        // A tile's level may well be 0.
                        let means = route.id == "revokeToken" || name == "level" && trick == "0"
                        let isTaken = means && answer.status == 200
                        #expect(
                            isTaken || (400..<500).contains(answer.status),
                            "\(route) \(trick.prefix(60)) → \(answer.status)")
                        #expect(answer.headers["x-injected"] == nil)
                    }
                }
            }
            #expect(server.head == 2)
            #expect(try await server.get("/health/ready").json["status"] == "ready")
        }
    }

    @Test func `in any parameter of a query never breaks anything`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            for route in server.document.routes where route.method == "GET" {
                let declared = route.parameters(in: "query").compactMap { $0["name"]?.string }
                for name in declared + ["unknown", "%00", "'%20OR%201"] {
                    for trick in Self.tricks {
                        let answer = try await server.get("\(route.target())?\(name)=\(trick)")
                        #expect(answer.status < 500, "\(route)?\(name)=\(trick.prefix(60)) → \(answer.status)")
                        if !declared.contains(name), !route.isPublic {
                            #expect(answer.status >= 400, "\(route)?\(name)")
                        }
                    }
                }
            }
        }
    }

    @Test func `finds no more by searching than is there`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            for trick in ["%25", "%27", "%5C", "%5C%25", "%27%20OR%201=1%20--", "a%00"] {
                let answer = try await server.get("/v1/admin/bot-control/statuses?search=\(trick)")
                #expect(answer.status == 200 && answer.meta["total"] == 0, "\(trick)")
                let events = try await server.get("/v1/audit/events?actor=\(trick)")
                #expect(events.status == 200 && events.rows.isEmpty, "\(trick)")
            }
        }
    }

    @Test func `in the headers does not get into the answer, nor whole into the journal`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            for id in ["a b", "<script>", String(repeating: "x", count: 129), "\u{FC}", "\"", ""] {
                let answer = try await server.get("/v1/admin/providers", headers: [("X-Correlation-ID", id)])
                let given = try #require(answer.headers["x-correlation-id"])
                #expect(given != id && given.count == 36, "\(id)")
            }
            let agent = String(repeating: "A", count: 4000)
            _ = try await server.put(
                "/v1/admin/bot-control/acct_1/twitch", ["paused": true], headers: [("User-Agent", agent)])
            let event = try await server.get("/v1/audit/events/3")
            #expect(event.data.at("metadata", "personal", "user_agent")?.string?.count == 256)
        }
    }

    @Test func `cannot name a thousand unknown members to get a huge answer`() async throws {
        try await APIServer.run { server in
            let members = (0..<5000).map { JSON.Member("member\($0)", 1) }
            let answer = try await server.send("PATCH", "/v1/admin/providers/twitch", .object(members))
            #expect(answer.status == 422 && answer.body.count < 65_536, "\(answer.body.count) bytes")
        }
    }
}
