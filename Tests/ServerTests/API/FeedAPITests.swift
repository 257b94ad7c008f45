import Domain
import Foundation
import Projections
import Server
import Testing

@Suite("The feed over HTTP", .timeLimit(.minutes(2)))
struct FeedAPITests {
    private static let pause = "/v1/admin/bot-control/acct_1/twitch"

    private func follow(
        _ server: APIServer, _ query: String = "", as bearer: String? = nil, headers: [(String, String)] = []
    ) throws -> EventStreamClient {
        try EventStreamClient(port: server.port, "/v1/feed\(query)", bearer: bearer ?? server.admin, headers: headers)
    }

    private func epoch(_ server: APIServer) -> String { server.plane.services.readModels.feedEpoch }

    @Test func `tells changes as they happen, one after the other`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let stream = try follow(server, "?after=0-0&epoch=\(epoch(server))")
            let first = await stream.next(3)
            #expect(first.map(\.name) == ["intent", "put", "put"] && first.map(\.id) == [nil, "1-0", "2-0"])
            #expect(first[0].json["epoch"]?.string == epoch(server) && first[0].json["id"] == "2-0")
            #expect(first[2].json.at("value", "paused") == false && first[2].json["previous"] == "1-0")
            _ = try await server.put(Self.pause, ["paused": true, "reason": "raid"])
            let change = await stream.next(1)[0]
            #expect(change.id == "3-0" && change.json["kind"] == "bot" && change.json["key"] == "acct_1:twitch")
            #expect(change.json.at("value", "paused_reason") == "raid")
            _ = try await server.put("/v1/bot-modules/word_filter?account_id=acct_1", ["enabled": true])
            _ = try await server.delete("/v1/bot-modules/word_filter?account_id=acct_1")
            let gone = await stream.next(2)[1]
            #expect(gone.name == "delete" && gone.json["value"] == .null && gone.json["previous"] == "4-0")
            let bookmark = try #require(await stream.first(named: "bookmark"))
            #expect(bookmark.json["id"] == "5-0" && bookmark.json["digest"]?.string?.count == 64)
            stream.close()
        }
    }

    @Test func `goes on where the reader stood, and skips nothing under load`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let streams = try (0..<5).map { _ in try follow(server, "?after=2-0") }
            for stream in streams { #expect(await stream.next(1)[0].name == "intent") }
            for number in 0..<120 {
                _ = try await server.put(Self.pause, ["paused": .bool(number.isMultiple(of: 2))])
            }
            for stream in streams {
                let changes = await stream.next(120)
                #expect(changes.map(\.id) == (3...122).map { "\($0)-0" })
                #expect(changes.map { $0.json["previous"]?.string } == (2...121).map { "\($0)-0" })
            }
            let late = try follow(server, "?after=2-0", headers: [("Last-Event-ID", "120-0")])
            #expect(await late.next(3).map(\.id) == [nil, "121-0", "122-0"])
            let fresh = try follow(server)
            #expect(await fresh.next(1)[0].json["id"] == "122-0")
            for stream in streams + [late, fresh] { stream.close() }
        }
    }

    @Test(arguments: ["?after=9-0", "?after=1-0&epoch=of-old.0"])
    func `tells whoever cannot go on to begin anew`(query: String) async throws {
        try await APIServer.run { server in
            try await server.populate()
            let stream = try follow(server, query)
            let events = await stream.next(3)
            #expect(events.map(\.name) == ["intent", "reset"], "and then the stream ends")
            #expect(events[1].json["snapshot"] == "/v1/feed/snapshot")
        }
    }

    @Test func `ends when the token is revoked or has expired`() async throws {
        let clock = MovedClock()
        try await APIServer.run(in: nil, { $0.clock = clock.clock }) { server in
            try await server.populate()
            guard case .token(let short) = server.token([], isSystemKey: true, lifetimeSeconds: 60) else { return }
            let made = try await server.post(
                "/v1/admin/keys", ["kind": "system", "name": "worker", "permissions": []])
            let key = try #require(made.data["secret"]?.string), id = try #require(made.data["id"]?.string)
            let expiring = try follow(server, as: short), revoked = try follow(server, as: key)
            #expect(await expiring.next(1).count == 1)
            #expect(await revoked.next(1).count == 1)
            _ = try await server.delete("/v1/admin/keys/\(id)")
            #expect(await revoked.next(1).isEmpty)
            clock.advance(seconds: 120)
            #expect(await expiring.next(1).isEmpty)
        }
    }

    @Test func `cuts a reader who does not read, and nobody else`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let lazy = try EventStreamClient(port: server.port, "/v1/feed", bearer: server.admin, isLazy: true)
            let stream = try follow(server)
            #expect(await stream.next(1).count == 1)
            let feed = server.plane.services
            while feed.openStreams < 2 { try await Task.sleep(for: .milliseconds(5)) }
            let words = JSON.array((0..<500).map { .string("word number \($0) of a long list of words") })
            var count = 0
            while feed.openStreams == 2, count < 2_000 {
                count += 1
                _ = try await server.put(
                    "/v1/bot-modules/word_filter?account_id=acct_1",
                    ["enabled": .bool(count.isMultiple(of: 2)), "config": ["blocked_words": words]])
            }
            #expect(feed.openStreams == 1)
            #expect(await stream.next(count).count == count)
            withExtendedLifetime(lazy) {}
            stream.close()
        }
    }

    @Test func `has everything in a snapshot, from which one can go on`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            _ = try await server.put("/v1/bot-modules/word_filter?account_id=acct_1", ["enabled": true])
            let answer = try await server.get("/v1/feed/snapshot")
            let lines = answer.text.split(separator: "\n").map { try? JSONParser.parse(Array($0.utf8)) }
            #expect(lines.count == 4 && lines[0]?["id"] == "3-0" && lines[0]?["epoch"]?.string == epoch(server))
            #expect(Set(lines.dropFirst().compactMap { $0?["kind"]?.string }) == ["account", "bot", "bot_module"])
            let bookmark = server.plane.services.readModels.feedHead(at: .latest)
            #expect(lines[0]?["digest"]?.string == bookmark.digest.description)
        }
    }

    @Test func `can be polled, and says when that is too late`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let all = try await server.get("/v1/changes?after=0-0&limit=1")
            #expect(all.rows.count == 1 && all.meta["last"] == "1-0" && all.meta["head"] == "2-0")
            let rest = try await server.get("/v1/changes?after=1-0&epoch=\(epoch(server))")
            #expect(rest.rows.map { $0["position"] } == [2])
            #expect(try await server.get("/v1/changes?after=2-0").rows.isEmpty)
            for query in ["after=7-0", "after=1-0&epoch=other.0"] {
                let gone = try await server.get("/v1/changes?\(query)")
                #expect(gone.status == 410 && gone.code == "feed_gone" && gone.message.contains("/v1/feed/snapshot"))
            }
            #expect(try await server.get("/v1/changes?after=two").status == 422)
        }
    }

    @Test func `lets the server stop at once`() async throws {
        let stream = try await APIServer.run { server in
            try await server.populate()
            let stream = try follow(server)
            #expect(await stream.next(1).count == 1)
            return stream
        }
        #expect(await stream.next(1).isEmpty)
    }

    @Test func `lists what a worker runs for an account`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            _ = try await server.put("/v1/bot-modules/word_filter?account_id=acct_1", ["enabled": true])
            _ = try await server.put("/v1/bot-modules/timed_messages?account_id=acct_1", ["enabled": true])
            _ = try await server.put("/v1/bot-modules/link_protection?account_id=acct_1", ["enabled": false])
            let path = "/v1/internal/bot-modules/acct_1/triggers"
            let answer = try await server.get(path)
            #expect(
                Set(answer.rows.compactMap { $0["slug"]?.string }) == ["system-word-filter", "system-timed-messages"])
            #expect(Set(answer.rows.compactMap { $0["trigger"]?.string }) == ["message", "timer"])
            _ = try await server.patch("/v1/admin/accounts/acct_1", ["plan": "free"])
            #expect(try await server.get(path).rows.isEmpty)
            #expect(try await server.get("/v1/internal/bot-modules/acct_9/triggers").status == 404)
        }
    }
}
