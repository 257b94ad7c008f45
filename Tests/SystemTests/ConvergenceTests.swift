import Domain
import Foundation
import RedisStage
import Testing

@Suite("Servers, Redis and workers as processes", .serialized, .timeLimit(.minutes(3)))
struct ConvergenceTests {
    private let folder = TemporaryFolder()
    private static let pause = "/v1/admin/bot-control/acct_aurora/twitch?wait=converged&timeout_ms=20000"

    private func startWorkers(_ count: Int, feed: String, token: String? = nil) throws -> [WorkerProcess] {
        try (1...count).map { try WorkerProcess(name: "w\($0)", feed: feed, token: token) }
    }

    private func pause(_ server: ServerProcess, _ paused: Bool) async throws -> JSON? {
        try await server.send("PUT", Self.pause, #"{"paused": \#(paused)}"#).json["meta"]?["convergence"]
    }

    private func receipts(_ convergence: JSON?) -> Set<String> {
        Set(convergence?["applied"]?.array?.compactMap { $0["worker"]?.string } ?? [])
    }

    @Test func `answer with a receipt of every worker, and mend themselves when Redis is killed and emptied`()
        async throws
    {
        let redis = try RedisServer()
        let server = try await ServerProcess(
            data: folder.path, arguments: ["--demo", "--redis", "redis://127.0.0.1:\(redis.port)"])
        let names = ["w1", "w2", "w3"]
        let workers = try startWorkers(3, feed: "redis://127.0.0.1:\(redis.port)")
        #expect(try await server.isFollowed(by: names))
        let first = try await pause(server, true)
        #expect(first?["converged"] == true && receipts(first) == Set(names))

        redis.kill()
        // Commands go on, and readiness says what is wrong.
        let change = try await server.send(
            "PUT", "/v1/admin/providers/kick/bot-identity", #"{"username": "b", "user_id": "1"}"#)
        #expect(change.status == 200)
        var ready = try await server.send("GET", "/health/ready").json
        for _ in 0..<200 where ready["status"] != "degraded" {
            try await Task.sleep(for: .milliseconds(50))
            ready = try await server.send("GET", "/health/ready").json
        }
        #expect(ready["reasons"]?.array?.first?["code"] == "redis")
        try redis.start()
        #expect(try await server.isFollowed(by: names))
        _ = try redis.send("FLUSHALL")
        let second = try await pause(server, false)
        #expect(second?["converged"] == true && receipts(second) == Set(names))
        #expect(try await server.isFollowed(by: names))

        for worker in workers { #expect(worker.end() == 0) }
        let left = try await server.send("GET", "/v1/admin/workers").json["data"]?.array
        #expect(left?.filter { $0["state"] == "live" }.isEmpty == true, "all have said goodbye")
        server.end(with: SIGTERM)
        redis.stop()
    }

    @Test func `work without Redis, over HTTP and within the server`() async throws {
        let server = try await ServerProcess(data: folder.path, arguments: ["--demo", "--with-worker"])
        let token = try Program.run(["token", "--data", folder.path, "--subject", "w", "--system-key"]).output
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let workers = try startWorkers(2, feed: server.address, token: token)
        #expect(try await server.isFollowed(by: ["local", "w1", "w2"]))
        #expect(receipts(try await pause(server, true)) == ["local", "w1", "w2"])
        let state = try Program.run(["worker", "--feed", server.address, "--token", token, "--print-state"])
        let printed = try JSONParser.parse(Array(state.output.utf8))
        let digest = try await server.digest
        #expect(state.status == 0 && printed["digest"]?.string == digest)
        let refused = try Program.run(["worker", "--feed", server.address, "--token", "wrong", "--print-state"])
        #expect(refused.status == 3 && refused.errors.contains("token"))
        for worker in workers { #expect(worker.end() == 0) }
        server.end(with: SIGTERM)
    }
}
