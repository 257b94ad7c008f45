import Domain
import EventStore
import Foundation
import Server
import TestTools
import Testing

@Suite("A pause with an end")
struct ScheduledResumeTests {
    private static let bot = "/v1/admin/bot-control/acct_1/twitch"

    private func moment(in seconds: Double) -> JSON {
        .string(WallClock.system.now.adding(seconds: seconds).description)
    }

    private func status(_ server: APIServer) async throws -> String? {
        try await server.get("/v1/admin/bot-control/statuses?platform=twitch&search=acct_1").rows.first?["status"]?
            .string
    }

    /// Looks again and again, for as long as a slow machine may need.
    private func waits(_ server: APIServer, for wanted: String) async throws -> Bool {
        for _ in 0..<600 {
            if try await status(server) == wanted { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    @Test func `resumes by itself`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let until = moment(in: 2)
            let paused = try await server.put(Self.bot, ["paused": true, "until": until])
            #expect(paused.data["paused_until"] == until && paused.data["status"] == "paused")
            #expect(try await waits(server, for: "active"))
            let event = try #require(try await server.get("/v1/audit/events?limit=1").rows.first)
            #expect(event["type"] == "bot.resumed" && event.at("data", "scheduled") == true)
            #expect(event.at("metadata", "actor", "kind") == "system" && event.at("metadata", "source") == "system")
            let end = try #require(until.string.flatMap { Timestamp($0) })
            #expect(try #require(event["recorded_at"]?.string.flatMap { Timestamp($0) }) >= end)
        }
    }

    @Test func `resumes when the end came while the server was down`() async throws {
        let directory = try TemporaryDirectory()
        let clock = MovedClock()
        try await APIServer.run(in: directory, { $0.clock = clock.clock }) { server in
            try await server.populate()
            let until = JSON.string(clock.clock.now.adding(seconds: 3600).description)
            _ = try await server.put(Self.bot, ["paused": true, "until": until])
            #expect(try await status(server) == "paused")
        }
        clock.advance(seconds: 3601)
        try await APIServer.run(in: directory, { $0.clock = clock.clock }) { server async throws in
            #expect(try await waits(server, for: "active"))
        }
    }

    @Test func `can be made longer or shorter, and only another end is a change`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let later = moment(in: 3600)
            #expect(try await server.put(Self.bot, ["paused": true]).isChanged == true)
            let set = try await server.put(Self.bot, ["paused": true, "until": later])
            #expect(set.isChanged == true && set.data["paused_until"] == later)
            #expect(try await server.put(Self.bot, ["paused": true, "until": later]).isChanged == false)
            #expect(try await server.put(Self.bot, ["paused": true]).isChanged == false)
            let sooner = try await server.put(Self.bot, ["paused": true, "until": moment(in: 2), "reason": "short"])
            #expect(sooner.isChanged == true && sooner.data["paused_reason"] == "short")
            #expect(try await waits(server, for: "active"))
        }
    }

    @Test func `is over when somebody resumes before`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            _ = try await server.put(Self.bot, ["paused": true, "until": moment(in: 3)])
            _ = try await server.put(Self.bot, ["paused": false])
            #expect(try await server.put(Self.bot, ["paused": true]).isChanged == true)
            try await Task.sleep(for: .seconds(3.2))
            #expect(try await status(server) == "paused", "the second pause has no end")
        }
    }

    @Test func `ends even when another one cannot be ended`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            try await server.register("acct_0")
            try await server.connect("acct_0")
            _ = try await server.put("/v1/admin/bot-control/acct_0/twitch", ["paused": true, "until": moment(in: 2)])
            let broken = NewEvent(
                type: "bot.exploded", schemaVersion: 1, data: Array("{}".utf8), metadata: Array("{}".utf8))
            let stream = StreamID(category: "bot", key: "acct_0:twitch", account: "acct_0")
            _ = try await server.plane.services.journal.append([broken], to: stream, expected: .any)
            _ = try await server.put(Self.bot, ["paused": true, "until": moment(in: 2.1)])
            #expect(try await waits(server, for: "active"))
        }
    }
}
