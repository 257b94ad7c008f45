import Domain
import TestTools
import Testing

@Suite("An Idempotency-Key")
struct IdempotencyAPITests {
    private static let bot = "/v1/admin/bot-control/acct_1/twitch"

    private func key(_ key: String) -> [(String, String)] { [("Idempotency-Key", key)] }

    @Test func `gets the same status and meta again, with what is there now`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let first = try await server.put(Self.bot, ["paused": true], headers: key("k1"))
            #expect(first.isChanged == true && first.headers["idempotency-replayed"] == nil)
            _ = try await server.put(Self.bot, ["paused": false])
            let again = try await server.put(Self.bot, ["paused": true], headers: key("k1"))
            #expect(again.status == first.status && again.meta == first.meta)
            #expect(again.headers["idempotency-replayed"] == "true")
            #expect(again.data["status"] == "active", "nothing was paused again")
            #expect(server.head == 4)
        }
    }

    @Test func `keeps 201 and what changed nothing`() async throws {
        try await APIServer.run { server in
            let body: JSON = ["account_id": "acct_1", "name": "One", "plan": "pro"]
            for _ in 0..<2 {
                let made = try await server.post("/v1/admin/accounts", body, headers: key("a"))
                #expect(made.status == 201 && made.isChanged == true && made.position == 1)
            }
            for replayed in [nil, "true"] {
                let same = try await server.post("/v1/admin/accounts", body, headers: key("b"))
                #expect(same.status == 200 && same.isChanged == false)
                #expect(same.headers["idempotency-replayed"] == replayed)
            }
            #expect(server.head == 1)
        }
    }

    @Test func `is refused for another request`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            _ = try await server.put(Self.bot, ["paused": true], headers: key("k"))
            let other = try await server.put(Self.bot, ["paused": false], headers: key("k"))
            #expect(other.status == 422 && other.code == "idempotency_key_reused" && other.message.contains("new key"))
            let elsewhere = try await server.put(
                "/v1/admin/bot-control/acct_1/kick", ["paused": true], headers: key("k"))
            #expect(elsewhere.status == 422)
            let conditional = try await server.put(
                Self.bot, ["paused": true], headers: key("k") + [("If-Match", "\"1\"")])
            #expect(conditional.status == 422)
            #expect(server.head == 3)
        }
    }

    @Test func `is the caller's own, and the operation's`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            _ = try await server.put(Self.bot, ["paused": true], headers: key("k"))
            let colleague = server.token(.botControlEdit, subject: "colleague")
            let theirs = try await server.put(Self.bot, ["paused": false], as: colleague, headers: key("k"))
            #expect(theirs.status == 200 && theirs.isChanged == true)
            let patch = try await server.patch("/v1/admin/accounts/acct_1", ["name": "x"], headers: key("k"))
            #expect(patch.status == 200 && patch.isChanged == true)
        }
    }

    @Test func `does not keep refusals`() async throws {
        try await APIServer.run { server in
            try await server.register("acct_1")
            #expect(try await server.put(Self.bot, ["paused": true], headers: key("k")).status == 409)
            try await server.connect("acct_1")
            let now = try await server.put(Self.bot, ["paused": true], headers: key("k"))
            #expect(now.status == 200 && now.isChanged == true)
        }
    }

    @Test func `raced by many is carried out once`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let answers = try await withThrowingTaskGroup(of: APIAnswer.self) { racers in
                for _ in 0..<40 {
                    racers.addTask {
                        try await server.patch("/v1/admin/accounts/acct_1", ["name": "Raced"], headers: key("race"))
                    }
                }
                return try await racers.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.allSatisfy { [200, 409].contains($0.status) })
            let done = answers.filter { $0.status == 200 }
            #expect(done.count { $0.headers["idempotency-replayed"] == nil } == 1)
            #expect(Set(done.map(\.meta.text)).count == 1)
            #expect(answers.filter { $0.status == 409 }.allSatisfy { $0.headers["retry-after"] == "1" })
            #expect(server.head == 3)
        }
    }

    @Test func `survives a restart`() async throws {
        let directory = try TemporaryDirectory()
        let first = try await APIServer.run(in: directory) { server in
            try await server.populate()
            return try await server.put(Self.bot, ["paused": true], headers: key("k"))
        }
        try await APIServer.run(in: directory) { server in
            let again = try await server.put(Self.bot, ["paused": true], headers: key("k"))
            #expect(again.meta == first.meta && again.headers["idempotency-replayed"] == "true")
        }
    }

    @Test(arguments: ["", " ", "a b", "\u{FC}", String(repeating: "k", count: 256)])
    func `says what it looks like`(text: String) async throws {
        try await APIServer.run { server in
            try await server.populate()
            let answer = try await server.put(Self.bot, ["paused": true], headers: key(text))
            #expect(answer.status == 422 && answer.failures == ["Idempotency-Key not_allowed"])
            #expect(server.head == 2)
        }
    }
}
