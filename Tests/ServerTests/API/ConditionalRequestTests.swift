import Domain
import Testing

@Suite("A conditional request")
struct ConditionalRequestTests {
    private static let account = "/v1/admin/accounts/acct_1"

    @Test func `is answered with 304 when the caller has it already`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let known = try await server.get(Self.account)
            let etag = try #require(known.headers["etag"])
            #expect(etag == "\"0\"")
            for tags in [etag, "W/\(etag)", "\"9\", \(etag)", "*"] {
                let answer = try await server.get(Self.account, headers: [("If-None-Match", tags)])
                #expect(answer.status == 304 && answer.body.isEmpty && answer.headers["etag"] == etag, "\(tags)")
            }
            let other = try await server.get(Self.account, headers: [("If-None-Match", "\"9\"")])
            #expect(other.status == 200)
            _ = try await server.patch(Self.account, ["name": "New"])
            let changed = try await server.get(Self.account, headers: [("If-None-Match", etag)])
            #expect(changed.status == 200 && changed.headers["etag"] == "\"1\"")
        }
    }

    @Test func `changes nothing when it is out of date`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let bot = "/v1/admin/bot-control/acct_1/twitch"
            let provider = "/v1/admin/providers/twitch"
            let module = "/v1/bot-modules/word_filter?account_id=acct_1"
            let stale: [(String, String, JSON?, String)] = [
                ("PUT", bot, ["paused": true], "\"-1\""), ("PUT", bot, ["paused": true], "\"7\""),
                ("PATCH", Self.account, ["name": "x"], "\"5\""),
                ("PATCH", provider, ["login": false, "reason": "x"], "\"0\""),
                ("PUT", provider + "/bot-identity", ["username": "u", "user_id": "1"], "\"3\""),
                ("DELETE", provider + "/bot-identity", nil, "\"3\""), ("PUT", module, ["enabled": true], "\"0\""),
                ("DELETE", module, nil, "\"0\""), ("DELETE", Self.account + "/bots/twitch", nil, "\"3\""),
                ("POST", "/v1/admin/accounts", ["account_id": "acct_2", "name": "x", "plan": "pro"], "\"0\""),
            ]
            for (method, target, body, tag) in stale {
                let answer = try await server.send(method, target, body, headers: [("If-Match", tag)])
                #expect(answer.status == 412 && answer.code == "precondition_failed", "\(method) \(target)")
                #expect(answer.message.contains("read it again"))
            }
            #expect(server.head == 2)
            let fresh = try await server.put(bot, ["paused": true], headers: [("If-Match", "\"0\"")])
            #expect(fresh.status == 200 && fresh.isChanged == true)
            let module0 = try await server.put(module, ["enabled": true], headers: [("If-Match", "\"-1\"")])
            #expect(module0.status == 200 && module0.headers["etag"] == "\"0\"")
        }
    }

    @Test(arguments: ["x", "\"\"", "\"a\"", "W/\"0\"", "\"0\", \"1\"", "*", "\"99999999999999999999\"", "\"0"])
    func `says what an If-Match looks like`(tag: String) async throws {
        try await APIServer.run { server in
            try await server.populate()
            let answer = try await server.put(
                "/v1/admin/bot-control/acct_1/twitch", ["paused": true], headers: [("If-Match", tag)])
            #expect(answer.status == 422 && answer.failures == ["If-Match not_allowed"])
            #expect(server.head == 2)
        }
    }

    @Test func `is won by one of a hundred who race`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let target = "/v1/bot-modules/word_filter?account_id=acct_1"
            _ = try await server.put(target, ["enabled": false])
            let statuses = try await withThrowingTaskGroup(of: Int.self) { racers in
                for number in 0..<100 {
                    racers.addTask {
                        let config: JSON = ["blocked_words": [.string("word\(number)")]]
                        return try await server.put(
                            target, ["enabled": true, "config": config], headers: [("If-Match", "\"0\"")]
                        ).status
                    }
                }
                return try await racers.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 1, 412: 99])
            #expect(server.head == 4)
            #expect(try await server.get(target).headers["etag"] == "\"1\"")
        }
    }

    @Test func `is not needed: without it the last writer wins`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let target = "/v1/bot-modules/word_filter?account_id=acct_1"
            let statuses = try await withThrowingTaskGroup(of: Int.self) { racers in
                for number in 0..<40 {
                    racers.addTask {
                        let config: JSON = ["blocked_words": [.string("word\(number)")]]
                        return try await server.put(target, ["enabled": true, "config": config]).status
                    }
                }
                return try await racers.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 40])
            #expect(try await server.get(target).data["revision"] == 39)
        }
    }
}
