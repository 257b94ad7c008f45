import Domain
import Projections
import Server
import Testing

@Suite("Workers whose clocks are wrong", .timeLimit(.minutes(1)))
struct SkewedWorkerTests {
    private static let pause = "/v1/admin/bot-control/acct_1/twitch"

    /// What a worker says whose clock is so far from the server's.
    private func say(_ server: APIServer, _ skewSeconds: Double, applied: Int? = nil) async throws {
        let services = server.plane.services, head = services.readModels.feedHead(at: services.clock.now)
        let id = applied.map { ChangeID(position: $0, index: 0) } ?? head.last
        let digest = services.readModels.digest(after: id)?.digest ?? head.digest
        let word = Acknowledgement(
            worker: "w", transport: .http, epoch: head.epoch, applied: id, seen: head.last, digest: digest,
            accounts: 1, version: "1", at: services.clock.now.adding(seconds: skewSeconds))
        #expect(try await server.post("/v1/internal/acknowledgements", JSONParser.parse(word.bytes)).status == 200)
    }

    @Test(arguments: [-600.0, -5, 5, 600])
    func `are as live, as far and as late as by the server's clock alone`(skewSeconds: Double) async throws {
        let clock = MovedClock()
        try await APIServer.run(in: nil, { $0.clock = clock.clock }) { server in
            try await server.populate()
            try await say(server, skewSeconds, applied: 1)
            clock.advance(seconds: 3)
            let row = try await server.get("/v1/admin/workers").rows[0]
            #expect(row["state"] == "live" && row["digest_equal"] == true && row["lag_positions"] == 1)
            let lag = try #require(row["lag_seconds"].flatMap { Double($0.text) })
            #expect(lag >= 3 && lag < 60)
            async let answer = server.put("\(Self.pause)?wait=converged&timeout_ms=20000", ["paused": true])
            while server.feedHead < 3 { try await Task.sleep(for: .milliseconds(5)) }
            try await say(server, skewSeconds)
            let convergence = try await answer.meta["convergence"]
            #expect(convergence?["converged"] == true)
            let applied = convergence?["applied"]?.array?.first
            #expect((applied?["ms"]?.integer ?? -1) >= 0 && (applied?["ms"]?.integer ?? .max) < 60_000)
            let receipt = try await server.get("/v1/audit/events/3").data["receipts"]?.array?.first
            #expect(receipt?["at"] != nil && receipt?["at"] == applied?["at"], "when the server heard of it")
            clock.advance(seconds: 6)
            #expect(try await server.get("/v1/admin/workers").rows[0]["state"] == "stale")
        }
    }

    @Test func `are no more alive for a word that was kept, and what they said since holds`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let services = server.plane.services, head = services.readModels.feedHead(at: services.clock.now)
            func word(_ worker: String, _ position: Int) -> Acknowledgement {
                let id = ChangeID(position: position, index: 0)
                return Acknowledgement(
                    worker: worker, transport: .redis, epoch: head.epoch, applied: id, seen: id, digest: head.digest,
                    accounts: 1, version: "1", at: services.clock.now)
            }
            services.take(word("dead", 1), secondsAgo: 600)
            services.take(word("slow", 1), secondsAgo: 8)
            services.take(word("live", 2))
            services.take(word("live", 1), secondsAgo: 30)
            let rows = try await server.get("/v1/admin/workers").rows
            #expect(rows.map { $0["state"] } == ["lost", "live", "stale"])
            #expect(rows.map { $0["applied"] } == [1, 2, 1])
        }
    }

    @Test func `are not taken for live when the server's clock was put back; one that lives says so`() async throws {
        let clock = MovedClock()
        try await APIServer.run(in: nil, { $0.clock = clock.clock }) { server in
            try await server.populate()
            try await say(server, 0)
            clock.advance(seconds: -300)
            #expect(try await server.get("/v1/admin/workers").rows[0]["state"] == "stale")
            let answer = try await server.put("\(Self.pause)?wait=converged&timeout_ms=50", ["paused": true])
            #expect(answer.meta.at("convergence", "unreachable") == ["w"])
            try await say(server, 0)
            let row = try await server.get("/v1/admin/workers").rows[0]
            #expect(row["state"] == "live" && row["lag_seconds"].flatMap { Double($0.text) } == 0)
        }
    }
}
