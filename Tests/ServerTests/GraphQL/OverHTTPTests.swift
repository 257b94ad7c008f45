import Domain
import GraphQL
import Server
import Testing

@Suite("GraphQL over HTTP")
struct OverHTTPTests {
    private static let typename: JSON = ["query": "{ __typename }"]
    private static let graphql = "application/graphql-response+json"

    private static let liked: [(accept: String?, form: String?)] = [
        (nil, "application/json"), ("*/*", "application/json"), ("application/json", "application/json"),
        (graphql, graphql), ("\(graphql), application/json;q=0.9", graphql), ("text/html", nil),
        ("application/*;q=0.5, text/html", "application/json"), ("application/json;q=0", nil),
        ("application/json;q=0.1, \(graphql);q=0.2", graphql), ("*/*, application/json;q=0", graphql),
    ]

    @Test(arguments: liked)
    func `answers in the form that is liked best`(accept: String?, form: String?) async throws {
        try await APIServer.run { server in
            let answer = try await server.post(
                "/v1/gql", Self.typename, headers: accept.map { [("Accept", $0)] } ?? [])
            #expect(answer.status == (form == nil ? 406 : 200))
            #expect(answer.headers["content-type"] == (form ?? "application/json") + "; charset=utf-8")
        }
    }

    /// A request, and its statuses in the older and in the newer form.
    @Test(arguments: [
        (#"{"query":"{ __typename }"}"#, 200, 200), (#"{"query":"{ nothing }"}"#, 200, 400),
        (#"{"query":"{"}"#, 200, 400),
        (#"{"query":"query A { __typename } query B { __typename }"}"#, 200, 400),
        (#"{"query":"query($p: Platform!) { adminProvider(platform: $p) { bot } }"}"#, 200, 400),
        (#"{"query":"{ adminProvider(platform: KICK) { bot } botModule(name: \"x\") { id } }"}"#, 200, 200),
        (#"{"query":5,"operationName":[],"variables":"x","extensions":1,"more":0}"#, 400, 400), ("{}", 400, 400),
        (#"[{"query":"{ __typename }"}]"#, 400, 400), ("", 400, 400), ("{", 400, 400), ("null", 400, 400),
        (#"{"query":"{ __typename }","variables":null,"operationName":null,"extensions":null}"#, 200, 200),
    ])
    func `says by its status how it went`(body: String, older: Int, newer: Int) async throws {
        try await APIServer.run { server in
            let headers = [("Content-Type", "application/json")]
            let json = try await server.send("POST", "/v1/gql", bytes: Array(body.utf8), headers: headers)
            #expect(json.status == older, "\(json.text)")
            let answer = try await server.send(
                "POST", "/v1/gql", bytes: Array(body.utf8), headers: headers + [("Accept", Self.graphql)])
            #expect(answer.status == newer, "\(answer.text)")
            if newer == 400 { #expect(answer.code?.isEmpty == false && answer.message.count > 10, "\(answer.text)") }
        }
    }

    @Test func `tells all that is wrong with a request's form`() async throws {
        try await APIServer.run { server in
            let answer = try await server.post(
                "/v1/gql", ["query": 5, "operationName": [], "variables": "x", "more": 0])
            let details = answer.graphQLError?.at("extensions", "details")?.array ?? []
            #expect(
                details.map { "\($0["path"]?.string ?? "") \($0["code"]?.string ?? "")" }.sorted() == [
                    "more unknown_field", "operationName wrong_type", "query wrong_type", "variables wrong_type",
                ], "\(answer.text)")
        }
    }

    @Test func `takes queries by GET, and nothing that changes anything`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let query = "query=query(%24p:Platform!)%7BadminProvider(platform:%24p)%7Bplatform%7D%7D"
            let answer = try await server.get("/v1/gql?\(query)&variables=%7B%22p%22:%22KICK%22%7D")
            #expect(answer.data.at("adminProvider", "platform") == "KICK")
            let mutation = "query=mutation%7BdeleteBotModule(name:%22word_filter%22)%7Bchanged%7D%7D"
            let refused = try await server.get("/v1/gql?\(mutation)")
            #expect(refused.status == 405 && refused.headers["allow"] == "POST" && refused.code == "method_not_allowed")
            #expect(try await server.get("/v1/gql").status == 400)
            #expect(try await server.get("/v1/gql?query=%7B__typename%7D&variables=%7B").status == 400)
            #expect(try await server.get("/v1/gql?query=%ff").status == 400)
            #expect(server.head == 2)
        }
    }

    @Test func `shows a browser a page that asks nobody else`() async throws {
        try await APIServer.run { server in
            let page = try await PlainHTTP.exchange(
                port: server.port,
                PlainHTTP.request("GET", "/v1/gql", headers: [("Accept", "text/html,*/*;q=0.8")], body: []))
            let text = String(decoding: page.body, as: UTF8.self)
            #expect(page.status == 200 && page.headers["content-type"] == "text/html; charset=utf-8")
            #expect(
                page.headers["content-security-policy"]?.hasPrefix("default-src 'none'; connect-src 'self'") == true)
            #expect(!text.contains("http://") && !text.contains("https://"))
        }
    }

    @Test func `wants JSON in UTF-8`() async throws {
        try await APIServer.run { server in
            let body = Array(#"{"query":"{ __typename }"}"#.utf8)
            let text = try await server.send(
                "POST", "/v1/gql", bytes: body, headers: [("Content-Type", "application/graphql")])
            #expect(text.status == 415 && text.code == "unsupported_media_type")
            let broken = Array(#"{"query":"{ __typename # "#.utf8) + [0xC3, 0x28] + Array(#" }"}"#.utf8)
            let answer = try await server.send("POST", "/v1/gql", bytes: broken)
            #expect(answer.status == 400 && answer.code == "malformed_json", "\(answer.text)")
            let large =
                Array(#"{"query":"{ __typename }","variables":{"x":""#.utf8)
                + [UInt8](repeating: UInt8(ascii: "y"), count: 2 << 20) + Array(#""}}"#.utf8)
            #expect(try await server.send("POST", "/v1/gql", bytes: large).status == 413)
        }
    }

    @Test func `says which package is missing, and everything else goes on`() async throws {
        try await APIServer.run(in: nil, { $0.graphQL = GraphQLConfiguration(folder: "/nowhere") }) { server in
            let answer = try await server.post("/v1/gql", Self.typename)
            #expect(answer.status == 503 && answer.code == "graphql_unavailable")
            #expect(answer.message.contains("apt-get install node-graphql"))
            #expect(try await server.get("/v1/admin/providers").status == 200)
        }
    }

    @Test func `counts each field that is asked for, and lets emergencies through`() async throws {
        try await APIServer.run(in: nil, { $0.rateLimit = 5 }) { server in
            try await server.populate()
            let caller = server.token(
                [.botControlEdit, .providersRead], account: "acct_1", subject: "busy")
            let five = "{ " + (0..<8).map { "p\($0): adminProvider(platform: KICK) { bot } " }.joined() + "}"
            let first = try await server.post("/v1/gql", ["query": .string(five)], as: caller)
            #expect(first.status == 200 && first.json["errors"] == nil)
            let second = try await server.post("/v1/gql", ["query": .string(five)], as: caller)
            let codes = (second.json["errors"]?.array ?? []).compactMap { $0.at("extensions", "code")?.string }
            #expect(!codes.isEmpty && Set(codes) == ["rate_limited"], "\(second.text)")
            var third = second
            // On a slow machine the budget grows by one meanwhile.
            for _ in 0..<20 where third.status != 429 {
                third = try await server.post("/v1/gql", ["query": "{ adminProviders { bot } }"], as: caller)
            }
            #expect(third.status == 429 && third.headers["retry-after"] != nil && third.code == "rate_limited")
            let pause: JSON = [
                "query": """
                mutation { adminToggleBotForAccount(accountId: "acct_1", platform: TWITCH, paused: true) { changed } }
                """
            ]
            let paused = try await server.post("/v1/gql", pause, as: caller)
            #expect(paused.status == 200 && paused.code != "rate_limited", "\(paused.text)")
        }
    }

    @Test func `records through which door a change came`() async throws {
        try await APIServer.run { server in
            let query = #"mutation { adminSwitchProvider(platform: KICK, login: false, reason: "r") { position } }"#
            _ = try await server.post("/v1/gql", ["query": .string(query)], headers: [("X-Correlation-ID", "talk-1")])
            let event = try await server.get("/v1/audit/events/1")
            #expect(event.data.at("metadata", "source") == "graphql")
            #expect(event.data.at("metadata", "correlation_id") == "talk-1")
        }
    }

    @Test func `does not mind a client that goes away`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let body = Array(#"{"query":"{ adminProjections { digest } auditEvents { next } }"}"#.utf8)
            let headers = [("Authorization", "Bearer \(server.admin)"), ("Content-Type", "application/json")]
            for _ in 0..<50 {
                try PlainHTTP.abandon(
                    port: server.port, PlainHTTP.request("POST", "/v1/gql", headers: headers, body: body))
            }
            #expect(try await server.post("/v1/gql", Self.typename).data["__typename"] == "Query")
        }
    }
}
