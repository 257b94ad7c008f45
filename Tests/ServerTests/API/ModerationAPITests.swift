import Domain
import Foundation
import Server
import TestTools
import Testing

@Suite("Moderation over HTTP", .timeLimit(.minutes(2)))
struct ModerationAPITests {
    private static let path = "/v1/admin/moderation-log"
    private static let stream = [("Accept", "text/event-stream")]

    private static func record(
        _ number: Int, account: String = "acct_1", module: String = "word_filter", text: String = "buy"
    ) -> ModerationRecord {
        ModerationRecord(
            at: Timestamp("2026-11-21T10:00:00Z")!.adding(seconds: Double(number)), worker: "w1",
            channel: ChatChannel(platform: .twitch, accountID: AccountID(stored: account), id: "c"),
            messageID: "m\(number)", author: ChatUser(id: "7", login: "ann", name: "Ann", roles: .vip), text: text,
            module: module, rule: "blocked_words", matched: .init(text: "buy", range: 0..<3), action: .timeout,
            durationSeconds: 60, reason: "blocked", outcome: .done)
    }

    private static func json(_ report: Report) throws -> JSON { try JSONParser.parse(report.bytes) }

    @discardableResult
    private func report(_ server: APIServer, _ records: [ModerationRecord], _ beats: [Heartbeat] = []) async throws
        -> APIAnswer
    {
        try await server.post(
            "/v1/internal/reports", Self.json(Report(worker: "w1", heartbeats: beats, moderation: records)))
    }

    private func follow(
        _ server: APIServer, _ query: String = "", as bearer: String? = nil, after id: Int? = nil
    ) throws -> EventStreamClient {
        try EventStreamClient(
            port: server.port, Self.path + query, bearer: bearer ?? server.admin,
            headers: id.map { [("Last-Event-ID", "\($0)")] } ?? [])
    }

    private func open(_ server: APIServer, _ count: Int) async throws {
        while server.plane.services.openModerationStreams < count { try await Task.sleep(for: .milliseconds(5)) }
    }

    private func names(_ events: [EventStreamClient.Event]) -> [String?] {
        events.map { $0.json["message_id"]?.string }
    }

    @Test func `is reported by workers and read by operators`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let now = Timestamp("2026-01-01T00:00:00Z")!
            let beat = Heartbeat(accountID: AccountID(stored: "acct_1"), platform: .twitch, at: now)
            let answer = try await report(server, [Self.record(1), Self.record(2)], [beat])
            #expect(answer.status == 200 && answer.data == ["heartbeats": 1, "moderation": 2, "breakers": 0])
            let status = try await server.get("/v1/admin/bot-control/statuses").rows.first
            #expect(status?["last_heartbeat_at"]?.string == now.description)
            let page = try await server.get("\(Self.path)?limit=1")
            #expect(page.rows.map { $0["message_id"] } == ["m2"])
            let next = try #require(page.meta["next"]?.string)
            let rest = try await server.get("\(Self.path)?limit=1&cursor=\(next)")
            #expect(rest.rows.map { $0["message_id"] } == ["m1"] && rest.meta["next"] == .null)
            let line = try #require(rest.rows.first)
            #expect(line["user"]?["roles"] == ["vip"] && line["matched"]?["text"] == "buy")
            let metrics = try await server.get("/metrics").text
            let series = #"botcontrol_moderation_records_total{module="word_filter",action="timeout"} 2"#
            #expect(metrics.contains(series) && metrics.contains("botcontrol_moderation_lines_dropped_total 0"))
            #expect(server.head == 2, "it is no history")
        }
    }

    @Test(arguments: [
        ("?module=spam_protection", ["m2"]), ("?account_id=acct_2", ["m3"]), ("?user=ANN&action=timeout", nil),
        ("?outcome=failed", []), ("?from=2026-11-21T10:00:02Z&to=2026-11-21T10:00:03Z", ["m2"]),
        ("?platform=kick", []), ("?channel_id=c", nil),
    ])
    func `is filtered alike in lists and in streams`(query: String, wanted: [String]?) async throws {
        try await APIServer.run { server in
            try await server.populate()
            let live = try follow(server, query)
            try await open(server, 1)
            try await report(
                server,
                [Self.record(1), Self.record(2, module: "spam_protection"), Self.record(3, account: "acct_2")])
            let wanted = wanted ?? ["m1", "m2", "m3"]
            let rows = try await server.get(Self.path + query).rows
            #expect(rows.reversed().map { $0["message_id"]?.string } == wanted)
            let late = try follow(server, query, after: 0)
            try await open(server, 2)
            for stream in [live, late] where !wanted.isEmpty {
                #expect(names(await stream.next(wanted.count)) == wanted)
            }
            for stream in [live, late] { stream.close() }
        }
    }

    @Test func `follows as it happens, and goes on where the reader stood`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let live = try follow(server)
            try await open(server, 1)
            for number in 0..<50 { try await report(server, [Self.record(number)]) }
            let events = await live.next(50)
            #expect(names(events) == (0..<50).map { "m\($0)" } && events.allSatisfy { $0.name == "moderation" })
            let id = try #require(events[19].id.flatMap { Int($0) })
            #expect(events[19].json["id"]?.integer == id)
            let late = try follow(server, after: id)
            #expect(names(await late.next(30)) == (20..<50).map { "m\($0)" })
            // Two identical records are one that was sent twice.
            try await report(server, [Self.record(49), Self.record(50)])
            #expect(names(await late.next(1)) == ["m50"])
            #expect(try await server.get(Self.path, headers: Self.stream + [("Last-Event-ID", "x")]).status == 422)
            let ahead = try follow(server, after: .max)
            try await open(server, 3)
            try await report(server, [Self.record(51)])
            #expect(names(await ahead.next(1)) == ["m51"])
            for stream in [live, late, ahead] { stream.close() }
        }
    }

    @Test func `shows an account its own lines alone`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            guard case .token(let own) = server.token(.botControlRead, account: "acct_2") else { return }
            let live = try follow(server, as: own)
            try await open(server, 1)
            try await report(server, [Self.record(1), Self.record(2, account: "acct_2")])
            #expect(names(await live.next(1)) == ["m2"])
            #expect(try await server.get(Self.path, as: .token(own)).rows.map { $0["message_id"] } == ["m2"])
            #expect(try await server.get("\(Self.path)?account_id=acct_1", as: .token(own)).status == 404)
            live.close()
        }
    }

    @Test func `ends the streams of those whose key is revoked`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let made = try await server.post(
                "/v1/admin/keys",
                ["kind": "user", "name": "eyes", "account_id": "acct_1", "permissions": ["bot-control:read"]])
            let key = try #require(made.data["secret"]?.string), id = try #require(made.data["id"]?.string)
            let stream = try follow(server, as: key)
            try await open(server, 1)
            _ = try await server.delete("/v1/admin/keys/\(id)")
            #expect(await stream.next(1).isEmpty)
        }
    }

    @Test func `cuts a reader who does not read, and nobody else`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let lazy = try EventStreamClient(
                port: server.port, Self.path, bearer: server.admin, isLazy: true)
            let stream = try follow(server)
            try await open(server, 2)
            let text = String(repeating: "long ", count: 400)
            var count = 0
            while server.plane.services.openModerationStreams == 2, count < 2_000 {
                let records = (0..<50).map { Self.record(count * 50 + $0, text: text) }
                #expect(try await report(server, records).status == 200)
                count += 1
            }
            #expect(server.plane.services.openModerationStreams == 1)
            #expect(await stream.next(count * 50).count == count * 50)
            withExtendedLifetime(lazy) {}
            stream.close()
        }
    }

    @Test func `lets the server stop at once, and is there again afterwards`() async throws {
        let directory = try TemporaryDirectory()
        let stream = try await APIServer.run(in: directory) { server in
            try await server.populate()
            let stream = try follow(server)
            try await open(server, 1)
            try await report(server, [Self.record(1)])
            #expect(await stream.next(1).count == 1)
            return stream
        }
        #expect(await stream.next(1).isEmpty)
        try await APIServer.run(in: directory) { server async throws in
            #expect(try await server.get(Self.path).rows.map { $0["message_id"] } == ["m1"])
        }
    }

    @Test func `refuses a report with everything that is wrong in it, and takes nothing of it`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let good = try Self.json(Report(worker: "w", moderation: [Self.record(1)]))["moderation"]?.array ?? []
            let bad = try await server.post(
                "/v1/internal/reports",
                [
                    "worker": "w", "heartbeats": [["account_id": "acct_1"]],
                    "moderation": .array(good + [5]),
                ])
            #expect(bad.status == 422)
            let wrong = ["heartbeats.0.platform required", "heartbeats.0.at required", "moderation.1 wrong_type"]
            #expect(Set(bad.failures).isSuperset(of: wrong), "\(bad.failures)")
            #expect(try await server.get(Self.path).rows.isEmpty)
            let large = [UInt8](repeating: UInt8(ascii: " "), count: Report.sizeBytesMax + 1)
            #expect(try await server.send("POST", "/v1/internal/reports", bytes: large).status == 413)
        }
    }
}
