import Domain
import EventStore
import GraphQL
import Server
import Testing

/// An answer without what only says which moment was asked for.
private struct Told: Equatable, CustomStringConvertible {
    let status: Int, data: JSON, meta: JSON, code: String?

    init(_ answer: APIAnswer) {
        (status, meta, code) = (answer.status, answer.meta, answer.code)
        // What bots hear is known of now only.
        let text = answer.data.text.replacing(#""hearing":"silent""#, with: #""hearing":null"#)
        data = (try? JSONParser.parse(Array(text.utf8))) ?? answer.data
    }

    var description: String { "\(status) \(code ?? "") \(data.text) \(meta.text)" }
}

@Suite("The past over HTTP")
struct TimeAPITests {
    private func ask(_ server: APIServer, _ read: String, at position: Int? = nil) async throws -> Told {
        guard read.hasPrefix("/") else {
            let query = "query ($at: Moment) { \(read) }"
            let at = position.map { JSON.integer($0) } ?? .null
            return Told(try await server.post("/v1/gql", ["query": .string(query), "variables": ["at": at]]))
        }
        let mark = position.map { (read.contains("?") ? "&" : "?") + "as_of=\($0)" } ?? ""
        return Told(try await server.get(read + mark))
    }

    /// Something of everything, a step after the other.
    private func steps(_ server: APIServer) -> [@Sendable () async throws -> Void] {
        [
            { _ = try await server.patch("/v1/admin/accounts/acct_1", ["name": "One"]) },
            { _ = try await server.patch("/v1/admin/accounts/acct_2", ["name": "Two"]) },
            { _ = try await server.connect("acct_1") }, { _ = try await server.connect("acct_2") },
            { _ = try await server.put("/v1/admin/bot-control/acct_1/twitch", ["paused": true, "reason": "spam"]) },
            { _ = try await server.put("/v1/bot-modules/word_filter?account_id=acct_1", ["enabled": true]) },
            { try await server.publish() }, { _ = try await server.install() },
            { _ = try await server.put("/v1/admin/bot-commands/so", ["response": "global"]) },
            { _ = try await server.put("/v1/bot-commands/so?account_id=acct_1", ["response": "own"]) },
            { _ = try await server.put(PastRead.guild, ["account_id": "acct_1", "name": "Ours"]) },
            {
                let body: JSON = ["bot": false, "reason": "outage", "confirm": "twitch"]
                _ = try await server.patch("/v1/admin/providers/twitch", body)
            },
            { _ = try await server.put("/v1/admin/bot-control/acct_1/twitch", ["paused": false]) },
            { _ = try await server.delete("/v1/bot-modules/word_filter?account_id=acct_1") },
            { _ = try await server.patch("/v1/admin/accounts/acct_1", ["name": "Eins", "plan": "free"]) },
            { _ = try await server.delete("/v1/bot-commands/so?account_id=acct_1") },
            { _ = try await server.delete("/v1/admin/bot-commands/so") },
            { _ = try await server.delete(PastRead.guild) },
            { _ = try await server.put(PastRead.guild, ["account_id": "acct_2", "name": "Theirs, too"]) },
            {
                let path = "/v1/admin/extensions/\(SampleExtension.id)/suspend"
                _ = try await server.post(path, ["reason": "leaks"])
            },
        ]
    }

    @Test func `is what was answered then, through both doors`() async throws {
        try await APIServer.runWithJudge { server async throws in
            let reads = PastRead.rest + PastRead.graphQL
            var told: [(position: Int, answers: [Told])] = []
            for step in [{}] + steps(server) {
                try await step()
                let position = server.head
                var answers: [Told] = []
                for read in reads { answers.append(try await ask(server, read)) }
                told.append((position, answers))
            }
            #expect(told.last?.position ?? 0 > 19)
            for (position, answers) in told.shuffled() {
                for (read, answer) in zip(reads, answers) {
                    #expect(try await ask(server, read, at: position) == answer, "\(read) at \(position)")
                }
            }
        }
    }

    @Test func `has heartbeats never, and installs by their own path`() async throws {
        try await APIServer.runWithJudge { server async throws in
            try await server.connect("acct_1")
            try await server.publish()
            let install = try await server.install()
            let worker = server.token([], isSystemKey: true)
            let beat: JSON = [
                ["account_id": "acct_1", "platform": "twitch", "at": .string("\(server.plane.services.clock.now)")]
            ]
            #expect(try await server.post("/v1/internal/heartbeats", beat, as: worker).status < 300)
            let rows = try await server.get("/v1/admin/bot-control/statuses?as_of=\(server.head)").rows
            #expect(rows.allSatisfy { $0["last_heartbeat_at"] == .null } && rows.count == 15)
            let path = install + "?account_id=acct_1"
            let now = try await server.get(path)
            #expect(try await server.get(path + "&as_of=\(server.head)").data == now.data)
            #expect(try await server.get(path + "&as_of=2").status == 404)
        }
    }

    @Test func `takes a position or a moment, and says what is wrong with anything else`() async throws {
        try await APIServer.run { server in
            try await server.register("acct_1", name: "One")
            let moment = server.plane.services.clock.now
            _ = try await server.patch("/v1/admin/accounts/acct_1", ["name": "Two"])
            let path = "/v1/admin/accounts/acct_1?as_of="
            #expect(try await server.get(path + "1").data["name"] == "One")
            #expect(try await server.get(path + "2").data["name"] == "Two")
            #expect(try await server.get(path + "\(moment)").data["name"] == "One")
            #expect(try await server.get(path + "\(moment.adding(seconds: -60))").status == 404)
            #expect(try await server.get(path + "0").status == 404)
            let future = try await server.get(path + "3")
            #expect(future.status == 422 && future.failures == ["as_of not_yet"])
            #expect(future.message.contains("position 3 is not there yet: the journal ends at 2"))
            #expect(try await server.get(path + "2999-01-01T00:00:00Z").failures == ["as_of not_yet"])
            for odd in ["", "-1", "yesterday", "1.5", "99999999999999999999", "2026-13-01T00:00:00Z"] {
                #expect(try await server.get(path + odd).failures == ["as_of wrong_type"], "\(odd)")
            }
            let both = try await server.get("/v1/admin/accounts?as_of=x&page=0")
            #expect(both.failures.sorted() == ["as_of wrong_type", "page out_of_range"])
            let twice = try await server.get("/v1/admin/accounts?as_of=1&as_of=2")
            #expect(twice.status == 422)
        }
    }

    /// Made of the OpenAPI document, so that a new read is covered as soon as it is there.
    @Test func `is offered by every read of what the journal keeps`() async throws {
        let documents = [
            "Account", "Provider", "BotStatus", "BotModule", "AnyBotModule", "Install", "Extension", "ExtensionEntry",
            "Guild", "BotCommand",
        ]
        try await APIServer.run { server in
            let reads = server.document.routes.filter { route in
                let answer = route.operation["responses"]?["200"]?.text ?? ""
                return route.method == "GET" && documents.contains { answer.contains("schemas/\($0)\"") }
            }
            #expect(reads.count == 18)
            for read in reads {
                #expect(read.parameters(in: "query").contains { $0["name"] == "as_of" }, "\(read)")
            }
        }
    }

    @Test func `is refused where there is a present only`() async throws {
        try await APIServer.run { server in
            try await server.register("acct_1")
            for path in [
                "/v1/admin/workers", "/v1/admin/moderation-log", "/metrics", "/v1/admin/keys", "/v1/admin/projections",
                "/v1/audit/log", "/v1/audit/events/1",
            ] {
                let answer = try await server.get(path + "?as_of=1")
                #expect(answer.status == 422 && answer.failures == ["as_of no_history"], "\(path) \(answer.text)")
            }
            let write = try await server.patch("/v1/admin/accounts/acct_1?as_of=1", ["name": "X"])
            #expect(write.status == 422)
        }
    }

    @Test func `stays as it is, and says so`() async throws {
        try await APIServer.run { server in
            try await server.register("acct_1", name: "One")
            let path = "/v1/admin/accounts/acct_1"
            let fixed = try await server.get(path + "?as_of=1")
            #expect(fixed.headers["cache-control"] == "private, max-age=3600, immutable")
            #expect(fixed.headers["as-of-position"] == "1" && fixed.headers["vary"] == "Authorization, Cookie")
            let tag = try #require(fixed.headers["etag"])
            #expect(tag != "\"0\"", "a tag of the past is no revision to write with")
            let known = try await server.get(path + "?as_of=1", headers: [("If-None-Match", tag)])
            #expect(known.status == 304 && known.body.isEmpty)
            let other = try await server.get(path + "?as_of=1", headers: [("If-None-Match", "\"0\"")])
            #expect(other.status == 200)
            let written = try await server.patch(path, ["name": "Two"], headers: [("If-Match", tag)])
            #expect(written.status == 422)
            // Until something is recorded after the moment, something can still be recorded before it.
            let now = try await server.get(path + "?as_of=\(server.plane.services.clock.now)")
            #expect(now.headers["cache-control"] == "no-store" && now.headers["as-of-position"] == "1")
        }
    }

    @Test func `shows a caller no more than the present does`() async throws {
        try await APIServer.run { server in
            try await server.register("acct_1")
            try await server.register("acct_2")
            try await server.connect("acct_2")
            let one = server.token(.botControlRead, .accountsRead, .botModulesRead, .auditRead, account: "acct_1")
            let rows = try await server.get("/v1/admin/bot-control/statuses?as_of=3", as: one).rows
            #expect(rows.count == 5 && rows.allSatisfy { $0["account_id"] == "acct_1" })
            #expect(try await server.get("/v1/admin/accounts/acct_2?as_of=3", as: one).status == 404)
            #expect(try await server.get("/v1/admin/accounts?as_of=3", as: one).rows.count == 1)
            #expect(try await server.get("/v1/audit/diff?from=0", as: one).rows.map { $0["key"] } == ["acct_1"])
            #expect(try await server.get("/v1/audit/diff?from=0&account_id=acct_2", as: one).status == 404)
            // A guild that has changed hands is each time shown to whom it belonged to.
            for account in ["acct_1", "acct_2"] {
                _ = try await server.put(PastRead.guild, ["account_id": .string(account), "name": "Ours"])
                if account == "acct_1" { _ = try await server.delete(PastRead.guild) }
            }
            let owner = server.token(.discordGuildsRead, account: "acct_1")
            let counts = [4, 5, 6].map { "/v1/admin/discord-guilds?as_of=\($0)" }
            for (path, count) in zip(counts, [1, 0, 0]) {
                #expect(try await server.get(path, as: owner).rows.count == count, "\(path)")
            }
            #expect(try await server.get(PastRead.guild + "?as_of=4", as: owner).data["account_id"] == "acct_1")
            #expect(try await server.get(PastRead.guild + "?as_of=6", as: owner).status == 404)
            #expect(try await server.get("/v1/admin/accounts?as_of=3", as: .nobody).status == 401)
        }
    }

    @Test func `tells what two moments do not share, and who caused it`() async throws {
        try await APIServer.runWithJudge { server async throws in
            for step in steps(server) { try await step() }
            let all = try await server.get("/v1/audit/diff?from=0&per_page=100")
            #expect(all.meta["from"] == 0 && all.meta["to"] == .integer(server.head))
            #expect(all.meta["events"] == .integer(server.head))
            #expect(all.meta["total"]?.integer == all.rows.count)
            let module = try #require(all.rows.first { $0["kind"] == "bot_module" })
            #expect(module["change"] == "same" && module["fields"] == [] && module["events"]?.array?.count == 2)

            let pause = try #require(all.rows.first { $0["stream"] == "bot-acct_1:twitch" }?["events"]?.array?[1])
            #expect(pause["sentence"] == "paused the bot of acct_1 on twitch" && pause["reason"] == "spam")
            #expect(pause["actor"] == "admin" && pause["actor_name"] == "An Admin" && pause["source"] == "rest")
            let position = try #require(pause["position"]?.integer)
            let one = try await server.get("/v1/audit/diff?from=\(position - 1)&to=\(position)")
            #expect(one.rows.count == 1 && one.rows[0]["change"] == "changed")
            let fields = one.rows[0]["fields"]?.array ?? []
            let reason = fields.first { $0["path"]?.string?.hasSuffix("reason") == true }
            #expect(reason?["after"] == "spam" && reason?["before"] == .null)

            let stream = try await server.get("/v1/audit/diff?from=0&stream=provider-twitch")
            #expect(stream.rows.count == 1 && stream.rows[0]["change"] == "added")
            let page = try await server.get("/v1/audit/diff?from=0&per_page=1&page=2")
            #expect(page.rows == [all.rows[1]] && page.meta["total"] == all.meta["total"])
            let query =
                "{ auditDiff(from: \(position - 1), to: \(position)) { total changes { key change "
                + "fields { path after } events { actor actorName sentence } } } }"
            let graph = try await server.post("/v1/gql", ["query": .string(query)]).data["auditDiff"]
            #expect(graph?["total"] == 1 && graph?["changes"]?.array?.first?["change"] == "changed")
            #expect(graph?["changes"]?.array?.first?["events"]?.array?.first?["actorName"] == "An Admin")
        }
    }

    @Test func `refuses comparisons that make no sense, with every reason`() async throws {
        try await APIServer.run { server in
            try await server.register("acct_1")
            func failures(_ query: String) async throws -> [String] {
                let answer = try await server.get("/v1/audit/diff" + query)
                #expect(answer.status == 422)
                return answer.failures.sorted()
            }
            #expect(try await failures("") == ["from required"])
            #expect(
                try await failures("?from=x&to=y&stream=z&page=0&as_of=1")
                    == [
                        "as_of no_history", "from wrong_type", "page out_of_range", "stream not_allowed",
                        "to wrong_type",
                    ])
            #expect(try await failures("?from=2") == ["from not_yet"])
            #expect(try await failures("?from=0&to=2") == ["to not_yet"])
            #expect(try await failures("?from=1&to=0") == ["from out_of_range"])
            #expect(try await server.get("/v1/audit/diff?from=1").rows.isEmpty)
        }
    }

    @Test func `keeps events to those that had happened`() async throws {
        try await APIServer.run { server in
            try await server.register("acct_1")
            try await server.register("acct_2")
            #expect(try await server.get("/v1/audit/events?as_of=1").rows.count == 1)
            #expect(try await server.get("/v1/audit/events?as_of=0").rows.isEmpty)
            #expect(try await server.get("/v1/audit/events?as_of=3").failures == ["as_of not_yet"])
        }
    }
}
