import Domain
import Server
import Testing

@Suite("Bot control over HTTP")
struct BotControlAPITests {
    private static let path = "/v1/admin/bot-control/acct_1/twitch"
    private static let statuses = "/v1/admin/bot-control/statuses"

    @Test func `lists every account on every platform, connected or not`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            try await server.register("acct_2", name: "Another")
            let all = try await server.get(Self.statuses)
            #expect(all.status == 200)
            #expect(all.meta == ["page": 1, "per_page": 25, "total": 10])
            #expect(all.json.at("_links", "self", "href")?.string == Self.statuses)
            #expect(
                all.rows.map { $0["account_name"]?.string }
                    == ["acct_1", "Another"].flatMap { Array(repeating: $0, count: 5) })
            let first = try #require(all.rows.first)
            #expect(first["status"] == "active" && first["effective"] == "running" && first["revision"] == 0)
            #expect(all.rows[1]["status"] == "no_connection" && all.rows[1]["revision"] == -1)
            #expect(all.rows[1]["updated_at"] == .null)
        }
    }

    @Test func `filters by platform, status and a part of the name or id`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            try await server.register("acct_2", name: "Über 100%_Sure")
            let expected = [
                ("platform=twitch", 2), ("platform=kick", 2), ("status=active", 1), ("status=no_connection", 9),
                ("status=paused", 0), ("search=CCT_2", 5), ("search=100%25", 5), ("search=%25", 5), ("search=_", 10),
                ("search=\u{DC}ber+100".replacing("\u{DC}", with: "%C3%9C"), 5), ("search=nobody", 0), ("search=", 10),
                ("platform=twitch&status=active&search=acct", 1), ("per_page=3&page=4", 10), ("page=1000000", 10),
            ]
            for (query, total) in expected {
                let answer = try await server.get("\(Self.statuses)?\(query)")
                #expect(answer.meta["total"] == .integer(total), "\(query)")
            }
            #expect(try await server.get("\(Self.statuses)?per_page=3&page=4").rows.count == 1)
        }
    }

    @Test func `says of a query everything that is wrong with it`() async throws {
        try await APIServer.run { server in
            let answer = try await server.get(
                "\(Self.statuses)?platform=twich&status=on&page=0&per_page=101&sort=name"
                    + "&search=\(String(repeating: "x", count: 201))"
            )
            #expect(answer.status == 422 && answer.code == "validation_error")
            #expect(
                answer.failures.sorted() == [
                    "page out_of_range", "per_page out_of_range", "platform not_allowed", "search too_long",
                    "sort unknown_field", "status not_allowed",
                ])
            #expect(answer.text.contains("did you mean twitch?"))
            #expect(try await server.get("\(Self.statuses)?page=1&page=2").failures == ["page duplicate"])
            #expect(try await server.get("\(Self.statuses)?search=%ff").failures == ["search malformed"])
        }
    }

    @Test func `pauses and resumes, and is idempotent`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let paused = try await server.put(Self.path, ["paused": true, "reason": "spam"])
            #expect(paused.status == 200 && paused.isChanged == true && paused.position == server.head)
            #expect(paused.data["status"] == "paused" && paused.data["effective"] == "paused")
            #expect(paused.data["paused_reason"] == "spam" && paused.data["paused_by"] == "admin")
            #expect(paused.data["paused_until"] == .null && paused.data["revision"] == 1)

            let again = try await server.put(Self.path, ["paused": true, "reason": "again"])
            #expect(again.status == 200 && again.isChanged == false && again.position == paused.position)
            #expect(again.data["paused_reason"] == "spam")
            #expect(try await server.get("\(Self.statuses)?status=paused").rows == [paused.data])

            let resumed = try await server.put(Self.path, ["paused": false])
            #expect(resumed.isChanged == true && resumed.data["status"] == "active")
            #expect(resumed.data["paused_reason"] == .null && resumed.data["paused_by"] == .null)
            #expect(try await server.put(Self.path, ["paused": false]).isChanged == false)
            #expect(server.head == 4)
        }
    }

    @Test func `refuses to pause what is not connected, and keeps a pause over a reconnection`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            for paused in [true, false] {
                let refused = try await server.put("/v1/admin/bot-control/acct_1/kick", ["paused": .bool(paused)])
                #expect(refused.status == 409 && refused.code == "no_bot_connection")
                #expect(refused.message.contains("connect the bot"))
            }
            _ = try await server.put(Self.path, ["paused": true])
            let bots = "/v1/admin/accounts/acct_1/bots/twitch"
            let gone = try await server.delete(bots)
            #expect(gone.data["status"] == "no_connection" && gone.isChanged == true)
            #expect(try await server.delete(bots).isChanged == false)
            let back = try await server.put(bots, ["channel_id": "4712", "channel_name": "New"])
            #expect(back.data["status"] == "paused")
        }
    }

    @Test func `lists every failure of a body at once`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let answer = try await server.put(
                Self.path,
                [
                    "paused": "yes", "reason": .string(String(repeating: "ä", count: 501)), "until": "tomorrow",
                    "pause": true, "Reason": "x",
                ])
            #expect(answer.status == 422)
            #expect(
                answer.failures.sorted() == [
                    "Reason unknown_field", "pause unknown_field", "paused wrong_type", "reason too_long",
                    "until wrong_type",
                ])
            #expect(answer.message.contains("5 things are wrong"))
            let cases: [(JSON, [String])] = [
                ([:], ["paused required"]), (["paused": nil], ["paused required"]), ([], [" wrong_type"]),
                (["paused": true, "reason": ""], ["reason too_short"]),
                (["paused": true, "reason": " "], ["reason blank"]),
                (["paused": true, "reason": "a\u{0}b"], ["reason not_allowed"]),
                (["paused": true, "until": "2020-01-01T00:00:00Z"], ["until out_of_range"]),
                (["paused": false, "until": "2120-01-01T00:00:00Z"], ["until not_allowed"]),
            ]
            for (body, failures) in cases {
                let answer = try await server.put(Self.path, body)
                #expect(answer.status == 422, "\(body.text)")
                #expect(Set(answer.failures).isSuperset(of: failures), "\(body.text)")
            }
            #expect(server.head == 2)
        }
    }

    @Test func `does not know other accounts and platforms`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let nobody = try await server.put("/v1/admin/bot-control/acct_9/twitch", ["paused": true])
            #expect(nobody.status == 404 && nobody.code == "account_not_found")
            let myspace = try await server.put("/v1/admin/bot-control/acct_1/Twitch", ["paused": true])
            #expect(myspace.status == 422 && myspace.failures == ["platform not_allowed"])
            #expect(myspace.message.contains("did you mean twitch?"))
            let odd = try await server.put("/v1/admin/bot-control/acct%201/twitch", ["paused": true])
            #expect(odd.status == 422 && odd.failures == ["account_id not_allowed"])
        }
    }

    @Test func `keeps the text of a reason as it was written`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let reason = "「spam」 \u{1F6D1} e\u{301} \"quoted\" \\ ' ; -- DROP TABLE events"
            let paused = try await server.put(Self.path, ["paused": true, "reason": .string(reason)])
            #expect(paused.data["paused_reason"] == .string(reason))
            let event = try await server.get("/v1/audit/events/\(server.head)")
            #expect(event.data.at("data", "personal", "reason") == .string(reason))
        }
    }

    @Test func `shows when a bot was last heard of`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let worker = server.token([], isSystemKey: true)
            let beats: JSON = [
                ["account_id": "acct_1", "platform": "twitch", "at": "2026-01-01T00:00:00+01:00"],
                ["account_id": "acct_1", "platform": "twitch", "at": "2026-01-01T00:00:00Z"],
            ]
            let answer = try await server.post("/v1/internal/heartbeats", beats, as: worker)
            #expect(answer.status == 200 && answer.data == ["recorded": 2])
            let row = try #require(try await server.get(Self.statuses).rows.first)
            #expect(row["last_heartbeat_at"] == "2026-01-01T00:00:00.000000Z")
            #expect(server.head == 2, "telemetry is no history")

            let wrong = try await server.post(
                "/v1/internal/heartbeats", [["account_id": "a b", "platform": "x", "at": 1], 2, [:]], as: worker)
            #expect(wrong.status == 422)
            #expect(
                wrong.failures == [
                    "0.account_id not_allowed", "0.platform not_allowed", "0.at wrong_type", "1 wrong_type",
                    "2.account_id required", "2.platform required", "2.at required",
                ])
            #expect(try await server.post("/v1/internal/heartbeats", [:], as: worker).status == 422)
        }
    }

    @Test func `shows which bots hear their chat, which are deaf, and of which nobody speaks`() async throws {
        let clock = MovedClock()
        try await APIServer.run(in: nil, { $0.clock = clock.clock }) { server in
            for account in ["acct_1", "acct_2", "acct_3"] { try await server.seed(account) }
            let worker = server.token([], isSystemKey: true)
            func say(_ account: String, _ trouble: JSON = .null) async throws {
                let now = JSON.string("\(server.plane.services.clock.now)")
                let beat: JSON = [
                    ["account_id": .string(account), "platform": "twitch", "at": now, "trouble": trouble]
                ]
                #expect(try await server.post("/v1/internal/heartbeats", beat, as: worker).status == 200)
            }
            func found(_ hearing: String) async throws -> [String] {
                let list = try await server.get(Self.statuses + "?platform=twitch&hearing=\(hearing)")
                #expect(list.meta["total"]?.integer == list.rows.count)
                return list.rows.compactMap { $0["account_id"]?.string }
            }
            try await say("acct_1")
            try await say("acct_2")
            try await say("acct_2", "switch on the intent")
            #expect(try await found("live") == ["acct_1"])
            #expect(try await found("deaf") == ["acct_2"])
            #expect(try await found("silent") == ["acct_3"])
            let rows = try await server.get(Self.statuses + "?platform=twitch").rows
            #expect(rows.map { $0["hearing"] } == ["live", "deaf", "silent"])
            #expect(rows.map { $0["deaf_reason"] } == [.null, "switch on the intent", .null])

            clock.advance(seconds: Hearing.silentAfterSeconds + 1)
            #expect(try await found("silent") == ["acct_1", "acct_3"], "nobody has spoken since")
            #expect(try await found("deaf") == ["acct_2"], "until it hears")
            try await say("acct_2")
            #expect(try await found("live") == ["acct_2"])

            let paused = try await server.put("/v1/admin/bot-control/acct_2/twitch", ["paused": true])
            #expect(paused.data["hearing"] == .null, "it is not to hear anything")
            #expect(try await found("live").isEmpty)
            let past = try await server.get(Self.statuses + "?hearing=deaf&as_of=1")
            #expect(past.status == 422 && past.failures == ["hearing not_allowed"])
            let wrong: JSON = [
                ["account_id": "acct_1", "platform": "twitch", "at": "2026-01-01T00:00:00Z", "trouble": ""]
            ]
            #expect(try await server.post("/v1/internal/heartbeats", wrong, as: worker).status == 422)
        }
    }
}
