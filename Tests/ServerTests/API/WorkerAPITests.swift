import Domain
import EventStore
import Projections
import Server
import TestTools
import Testing

@Suite("Workers over HTTP", .timeLimit(.minutes(2)))
struct WorkerAPITests {
    private static let pause = "/v1/admin/bot-control/acct_1/twitch"

    /// What a worker says that has applied everything, or a position before.
    private func say(
        _ server: APIServer, _ worker: String, applied: Int? = nil, digest: DocumentDigest? = nil,
        goodbye: Bool = false,
        nacks: [JSON] = []
    ) async throws {
        let head = server.plane.services.readModels.feedHead(at: .latest)
        let id = applied.map { ChangeID(position: $0, index: 0) } ?? head.last
        let answer = try await server.post(
            "/v1/internal/acknowledgements",
            [
                "worker": .string(worker), "transport": "http", "epoch": .string(head.epoch),
                "applied": .string(id.description), "digest": .string((digest ?? head.digest).description),
                "accounts": 1, "version": "1", "at": "2026-01-01T00:00:00Z", "goodbye": .bool(goodbye),
                "nacks": .array(nacks),
            ])
        #expect(answer.status == 200)
    }

    private func workers(_ server: APIServer) async throws -> APIAnswer { try await server.get("/v1/admin/workers") }

    @Test func `are listed with how far they have come`() async throws {
        let clock = MovedClock()
        try await APIServer.run(in: nil, { $0.clock = clock.clock }) { server in
            try await server.populate()
            #expect(try await workers(server).meta == ["head": 2, "live": 0, "converged": nil])
            try await say(server, "a")
            try await say(
                server, "b", applied: 1, digest: DocumentDigest(),
                nacks: [["id": "1-0", "kind": "account", "key": "acct_1", "reason": "no plan"]])
            let both = try await workers(server)
            #expect(both.meta == ["head": 2, "live": 2, "converged": false])
            let a = both.rows[0], b = both.rows[1]
            #expect(a["worker"] == "a" && a["lag_positions"] == 0 && a["digest_equal"] == true && a["state"] == "live")
            #expect(b["lag_positions"] == 1 && b["digest_equal"] == false && b["applied"] == 1)
            #expect(b["nacks"]?.array?.first?["reason"] == "no plan")
            clock.advance(seconds: 8)
            try await say(server, "a")
            #expect(try await workers(server).rows.map { $0["state"] } == ["live", "stale"])
            clock.advance(seconds: 12)
            try await say(server, "a")
            #expect(try await workers(server).rows.map { $0["state"] } == ["live", "lost"])
            #expect(try await server.delete("/v1/admin/workers/b").status == 200)
            #expect(try await server.delete("/v1/admin/workers/b").status == 404)
            #expect(try await workers(server).meta == ["head": 2, "live": 1, "converged": true])
            try await say(server, "a", goodbye: true)
            #expect(try await workers(server).rows.isEmpty)
        }
    }

    @Test func `are waited for when the caller asks`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let alone = try await server.put("\(Self.pause)?wait=converged", ["paused": true])
            #expect(alone.meta.at("convergence", "converged") == .null)
            for name in ["a", "b"] { try await say(server, name) }
            async let answer = server.put("\(Self.pause)?wait=converged&timeout_ms=20000", ["paused": false])
            while server.feedHead < 4 { try await Task.sleep(for: .milliseconds(5)) }
            try await say(server, "a")
            try await say(server, "b")
            let done = try await answer.meta["convergence"]
            #expect(done?["converged"] == true && done?["position"] == 4 && done?["missing"] == [])
            #expect(done?["applied"]?.array?.compactMap { $0["worker"]?.string } == ["a", "b"])
            #expect(done?["applied"]?.array?.allSatisfy { ($0["ms"]?.integer ?? -1) >= 0 } == true)
            let event = try await server.get("/v1/audit/events/4")
            #expect(event.data["receipts"]?.array?.compactMap { $0["worker"]?.string }.sorted() == ["a", "b"])
            // A no-op is converged at once: its position is that of the last change.
            let same = try await server.put("\(Self.pause)?wait=converged", ["paused": false])
            #expect(same.isChanged == false && same.meta.at("convergence", "converged") == true)
        }
    }

    @Test func `who do not answer are named, and the command is carried out all the same`() async throws {
        let clock = MovedClock()
        try await APIServer.run(in: nil, { $0.clock = clock.clock }) { server in
            try await server.populate()
            try await say(server, "gone")
            clock.advance(seconds: 60)
            try await say(server, "slow")
            let answer = try await server.put("\(Self.pause)?wait=converged&timeout_ms=50", ["paused": true])
            #expect(answer.status == 200 && answer.isChanged == true)
            let convergence = answer.meta["convergence"]
            #expect(convergence?["converged"] == false && convergence?["applied"] == [])
            #expect(convergence?["missing"] == ["slow"] && convergence?["unreachable"] == ["gone"])
            try await say(server, "slow")
            let again = try await server.put("\(Self.pause)?wait=converged&timeout_ms=50", ["paused": true])
            #expect(again.meta.at("convergence", "converged") == false, "one may still be acting")
        }
    }

    @Test(arguments: [
        "wait=all", "timeout_ms=0&wait=converged", "timeout_ms=soon", "timeout_ms=99999", "waits=converged",
    ])
    func `are not waited for in a way that does not exist`(query: String) async throws {
        try await APIServer.run { server in
            try await server.populate()
            let answer = try await server.put("\(Self.pause)?\(query)", ["paused": true])
            #expect(answer.status == 422 && server.head == 2)
        }
    }

    @Test func `are told what is wrong with their word`() async throws {
        try await APIServer.run { server async throws in
            let answer = try await server.post(
                "/v1/internal/acknowledgements",
                ["worker": "", "transport": "pigeon", "applied": "x", "digest": "00", "at": "now", "extra": 1])
            #expect(answer.status == 422)
            let paths = Set(answer.json.at("error", "details")?.array?.compactMap { $0["path"]?.string } ?? [])
            #expect(paths == ["worker", "transport", "epoch", "applied", "digest", "at", "extra"])
        }
    }

    @Test func `are remembered, and so are their receipts, when the server starts anew`() async throws {
        let directory = try TemporaryDirectory()
        try await APIServer.run(in: directory) { server in
            try await server.populate()
            try await say(server, "a", applied: 1)
            try await say(server, "a")
        }
        try await APIServer.run(in: directory) { server in
            #expect(try await workers(server).rows.map { $0["worker"] } == ["a"])
            let receipts = try await server.get("/v1/audit/events/2").data["receipts"]
            #expect(receipts?.array?.compactMap { $0["worker"]?.string } == ["a"])
        }
    }

    @Test func `show in the metrics`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            try await say(server, "a", applied: 1)
            try await say(server, "a")
            let text = try await server.get("/metrics").text
            #expect(text.contains(#"botcontrol_workers{state="live"} 1"#))
            #expect(text.contains(#"botcontrol_worker_lag_positions{worker="a"} 0"#))
            #expect(text.contains(#"botcontrol_convergence_seconds_count{worker="a"} 2"#))
        }
    }
}
