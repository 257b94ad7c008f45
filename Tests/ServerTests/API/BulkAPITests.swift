import Domain
import Testing

@Suite("Many bots at once")
struct BulkAPITests {
    private static let path = "/v1/admin/bot-control/bulk"

    private static func populate(_ server: APIServer, _ count: Int = 3) async throws {
        for number in 1...count {
            try await server.register("acct_\(number)")
            try await server.connect("acct_\(number)")
        }
        try await server.connect("acct_1", "kick")
    }

    private static func preview(
        _ server: APIServer, _ filter: JSON = ["platform": "twitch"], paused: Bool = true,
        as bearer: APIServer.Bearer = .admin
    ) async throws -> APIAnswer {
        try await server.post(path, ["filter": filter, "paused": .bool(paused), "preview": true], as: bearer)
    }

    private static func execute(
        _ server: APIServer, _ preview: APIAnswer, _ filter: JSON = ["platform": "twitch"], paused: Bool = true,
        headers: [(String, String)] = []
    ) async throws -> APIAnswer {
        let body: JSON = [
            "filter": filter, "paused": .bool(paused), "reason": "incident", "hash": preview.data["hash"] ?? .null,
        ]
        return try await server.post(path, body, headers: headers)
    }

    @Test func `are shown first, and switch nothing by that`() async throws {
        try await APIServer.run { server in
            try await Self.populate(server)
            _ = try await server.put("/v1/admin/bot-control/acct_2/twitch", ["paused": true])
            let head = server.head
            let preview = try await Self.preview(server)
            #expect(preview.status == 200 && preview.isChanged == false)
            #expect(preview.data["count"] == 3 && preview.data["already"] == 1)
            #expect(
                preview.data["sample"]?.array?.map { $0["account_id"]?.string } == ["acct_1", "acct_2", "acct_3"])
            #expect(preview.data["rows"] == .null && server.head == head)
            let other = try await Self.preview(server, paused: false)
            #expect(other.data["hash"] != preview.data["hash"], "a preview of a pause resumes nothing")
            #expect(try await Self.preview(server, ["status": "no_connection"]).data["count"] == 0)
            #expect(try await Self.preview(server, [:]).data["count"] == 4)
            #expect(try await Self.preview(server, ["search": "T_3", "status": "active"]).data["count"] == 1)
        }
    }

    @Test func `are switched by the preview's hash, a result a row`() async throws {
        try await APIServer.run { server in
            try await Self.populate(server)
            _ = try await server.put("/v1/admin/bot-control/acct_2/twitch", ["paused": true, "reason": "before"])
            let done = try await Self.execute(server, try await Self.preview(server))
            #expect(done.status == 200 && done.isChanged == true && done.position == server.head)
            let rows = done.data["rows"]?.array ?? []
            #expect(rows.map { $0["account_id"]?.string } == ["acct_1", "acct_2", "acct_3"])
            #expect(rows.map { $0["changed"]?.bool } == [true, false, true])
            #expect(done.data["failed"] == 0 && done.data["already"] == 1)
            let statuses = try await server.get("/v1/admin/bot-control/statuses?platform=twitch&status=paused")
            #expect(statuses.rows.map { $0["paused_reason"]?.string } == ["incident", "before", "incident"])
            let kick = try await server.get("/v1/admin/bot-control/statuses?platform=kick&status=active")
            #expect(kick.meta["total"] == 1, "other platforms go on")
        }
    }

    @Test func `are left alone when they are not those of the preview`() async throws {
        try await APIServer.run { server in
            try await Self.populate(server)
            let preview = try await Self.preview(server)
            _ = try await server.put("/v1/admin/bot-control/acct_2/twitch", ["paused": true])
            let head = server.head
            let refused = try await Self.execute(server, preview)
            #expect(refused.status == 409 && refused.code == "set_changed" && refused.message.contains("new preview"))
            let another = try await Self.preview(server)
            try await server.register("acct_9")
            try await server.connect("acct_9")
            #expect(try await Self.execute(server, another).code == "set_changed")
            #expect(try await Self.execute(server, try await Self.preview(server), paused: false).code == "set_changed")
            #expect(server.head == head + 2, "only the account and its connection")
        }
    }

    @Test func `get the same answer again for the same key`() async throws {
        try await APIServer.run { server in
            try await Self.populate(server)
            let preview = try await Self.preview(server)
            let key = [("Idempotency-Key", "bulk-1")]
            let first = try await Self.execute(server, preview, headers: key)
            let head = server.head
            let again = try await Self.execute(server, preview, headers: key)
            #expect(again.status == 200 && again.headers["idempotency-replayed"] == "true")
            #expect(again.data["rows"] == first.data["rows"] && again.meta == first.meta && server.head == head)
            let other = try await Self.execute(server, preview, paused: false, headers: key)
            #expect(other.status == 422 && other.code == "idempotency_key_reused")
        }
    }

    @Test func `are an account's own for who acts for one`() async throws {
        try await APIServer.run { server in
            try await Self.populate(server)
            let own = server.token([.botControlEdit], account: "acct_2")
            let preview = try await Self.preview(server, as: own)
            #expect(preview.data["count"] == 1)
            #expect(preview.data["sample"]?.array?.first?["account_id"] == "acct_2")
        }
    }

    @Test func `say everything that is wrong with a request`() async throws {
        try await APIServer.run { server in
            let answer = try await server.post(
                Self.path,
                [
                    "filter": ["platform": "twich", "page": 1], "paused": 1, "hash": "x",
                    "until": "2020-01-01T00:00:00Z",
                ])
            #expect(answer.status == 422)
            #expect(
                answer.failures.sorted() == [
                    "filter.page unknown_field", "filter.platform not_allowed", "hash not_allowed",
                    "paused wrong_type", "until out_of_range",
                ])
            #expect(try await server.post(Self.path, ["filter": [:], "paused": true]).failures == ["hash required"])
            #expect(try await server.post(Self.path, [:]).failures.contains("filter required"))
        }
    }

    @Test func `are at most a thousand`() async throws {
        try await APIServer.run { server in
            for number in 0...1_000 { try await server.seed("acct_\(number)") }
            let refused = try await Self.preview(server)
            #expect(refused.status == 422 && refused.failures == ["filter too_many"])
            #expect(refused.message.contains("1001 bots") && refused.message.contains("1000"))
            let preview = try await Self.preview(server, ["platform": "twitch", "search": "acct_1"])
            let done = try await Self.execute(server, preview, ["platform": "twitch", "search": "acct_1"])
            #expect(done.data["failed"] == 0 && done.data["rows"]?.array?.count == 112)
        }
    }
}
