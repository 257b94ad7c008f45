import Domain
import EventStore
import Foundation
import Server
import Testing

@Suite("The audit log over HTTP")
struct AuditAPITests {
    private static let path = "/v1/audit/events"

    /// Three accounts, their bots and modules, a provider: a history with something of everything.
    private func history(_ server: APIServer) async throws {
        for number in 1...3 {
            try await server.register("acct_\(number)")
            try await server.connect("acct_\(number)")
        }
        let operators = server.token(.botControlEdit, .providersEdit, subject: "operator")
        for number in 1...3 {
            _ = try await server.put(
                "/v1/admin/bot-control/acct_\(number)/twitch", ["paused": true, "reason": "Spam wave"], as: operators)
        }
        _ = try await server.put("/v1/bot-modules/word_filter?account_id=acct_1", ["enabled": true])
        _ = try await server.patch("/v1/admin/providers/kick", ["login": false, "reason": "50% off"], as: operators)
    }

    private func positions(_ answer: APIAnswer) -> [Int] { answer.rows.compactMap { $0["position"]?.integer } }

    @Test func `has every event, the newest first, and each by its position`() async throws {
        try await APIServer.run { server in
            try await history(server)
            let all = try await server.get(Self.path)
            #expect(positions(all) == Array((1...11).reversed()) && all.meta == ["next": nil])
            for row in all.rows {
                let one = try await server.get("\(Self.path)/\(row["position"]?.integer ?? 0)")
                #expect(one.data == .object((row.members ?? []) + [JSON.Member("receipts", [])]))
            }
            for missing in ["12", "999999999999"] {
                #expect(try await server.get("\(Self.path)/\(missing)").status == 404)
            }
            for odd in ["0", "-1", "x", "1.5"] { #expect(try await server.get("\(Self.path)/\(odd)").status == 422) }
        }
    }

    @Test func `is filtered by stream, category, account, actor, type, text and time`() async throws {
        try await APIServer.run { server in
            try await history(server)
            let events = try await server.get("\(Self.path)?order=asc").rows
            let fifth = try #require(events[4]["recorded_at"]?.string)
            let after = events.filter { ($0["recorded_at"]?.string ?? "") >= fifth }.count
            let expected: [(String, Int)] = [
                ("stream=bot-acct_1:twitch", 2), ("stream=bot-acct_9:twitch", 0), ("category=account", 3),
                ("category=bot_module", 1), ("account_id=acct_1", 4), ("account_id=acct_9", 0), ("actor=operator", 4),
                ("actor=admin", 7), ("type=bot.paused", 3), ("type=bot.lost", 0), ("text=spam+WAVE", 3),
                ("text=50%25", 1), ("text=acct_2", 3), ("account_id=acct_1&type=bot.paused&actor=operator", 1),
                ("from=\(fifth)", after), ("to=\(fifth)", 11 - after), ("from=\(fifth)&to=\(fifth)", 0),
                ("from=2000-01-01T00:00:00+02:00", 11), ("from=2000-01-01T00:00:00%2B02:00", 11),
                ("to=2000-01-01T00:00:00Z", 0), ("from=9999-12-31T23:59:59Z", 0),
            ]
            for (query, count) in expected {
                for order in ["desc", "asc"] {
                    let answer = try await server.get("\(Self.path)?\(query)&order=\(order)")
                    #expect(answer.rows.count == count, "\(query)")
                    #expect(positions(answer) == positions(answer).sorted { order == "asc" ? $0 < $1 : $0 > $1 })
                }
            }
        }
    }

    @Test(arguments: ["", "category=bot", "account_id=acct_1", "actor=operator", "type=bot.paused", "text=spam"])
    func `read by its cursor to the end is everything, once`(filter: String) async throws {
        try await APIServer.run { server in
            try await history(server)
            for order in ["desc", "asc"] {
                let whole = try await server.get("\(Self.path)?\(filter)&order=\(order)")
                for limit in [1, 2, 3, 500] {
                    var found: [JSON] = []
                    var cursor = ""
                    for _ in 0..<50 {
                        let page = try await server.get("\(Self.path)?\(filter)&order=\(order)&limit=\(limit)\(cursor)")
                        #expect(page.rows.count <= limit)
                        found += page.rows
                        guard let next = page.meta["next"]?.string else { break }
                        cursor = "&cursor=\(next)"
                    }
                    #expect(found == whole.rows, "limit \(limit), \(order)")
                }
            }
        }
    }

    @Test func `is sent whole as lines of JSON`() async throws {
        try await APIServer.run { server in
            try await history(server)
            for (query, accept) in [
                ("", "application/x-ndjson"), ("?type=bot.paused&order=asc", "text/html, Application/X-NDJSON"),
            ] {
                let export = try await server.get(Self.path + query, headers: [("Accept", accept)])
                #expect(export.headers["content-type"] == "application/x-ndjson")
                let lines = try export.text.split(separator: "\n").map { try JSONParser.parse(String($0)) }
                #expect(try await server.get(Self.path + query).rows == lines)
                for line in lines { #expect(server.document.schemaComplaints(line, "Event") == []) }
            }
            let limited = try await server.get("\(Self.path)?limit=2", headers: [("Accept", "application/x-ndjson")])
            #expect(limited.text.split(separator: "\n").count == 11, "a page's limit is not the filter's")
        }
    }

    @Test func `is sent whole as a table that no spreadsheet takes for formulas`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let evil = server.token(.botControlEdit, subject: "=cmd|' /C calc'!A0")
            _ = try await server.put(
                "/v1/admin/bot-control/acct_1/twitch", ["paused": true, "reason": "a,\"b\""], as: evil)
            let export = try await server.get("\(Self.path)?order=asc", headers: [("Accept", "text/csv")])
            #expect(export.headers["content-type"]?.hasPrefix("text/csv") == true)
            let lines = export.text.components(separatedBy: "\r\n")
            #expect(lines.count == 5 && lines.last == "")
            #expect(lines[0].hasPrefix("position,recorded_at,stream,revision,type,schema_version,id,actor,"))
            #expect(lines[3].contains("'=cmd|' /C calc'!A0") && !lines[3].contains(",=cmd"))
            #expect(lines[3].contains(#"a,\""b\"""#))
        }
    }

    @Test func `exports more than one batch, and only what the caller may see`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let journal = server.plane.services.journal
            for batch in 0..<3 {
                let events = (0..<500).map { number in
                    NewEvent(
                        type: "bot.resumed", schemaVersion: 1, data: Array("{\"n\":\(batch * 500 + number)}".utf8),
                        metadata: Array("{}".utf8))
                }
                let stream = StreamID(category: "bot", key: "acct_2:twitch", account: "acct_2")
                _ = try await journal.append(events, to: stream, expected: .any)
            }
            let accept = [("Accept", "application/x-ndjson")]
            let all = try await server.get(Self.path, headers: accept)
            #expect(all.text.split(separator: "\n").count == 1502)
            let own = try await server.get(Self.path, as: server.token(.auditRead, account: "acct_1"), headers: accept)
            #expect(own.text.split(separator: "\n").count == 2)
        }
    }

    @Test func `says everything that is wrong with a filter`() async throws {
        try await APIServer.run { server in
            let answer = try await server.get(
                "\(Self.path)?stream=x&category=bots&from=today&to=1&order=up&cursor=a&limit=0&actr=x&account_id=a.b")
            #expect(
                answer.failures.sorted() == [
                    "account_id not_allowed", "actr unknown_field", "category not_allowed", "cursor out_of_range",
                    "from wrong_type", "limit out_of_range", "order not_allowed", "stream not_allowed", "to wrong_type",
                ])
        }
    }
}
