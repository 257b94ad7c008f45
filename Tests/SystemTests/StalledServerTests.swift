import Domain
import Foundation
import RedisStage
import TestTools
import Testing

@testable import Worker

/// A cut between a worker and its server that nobody is told of.
@Suite("A network that stalls before a server", .serialized, .timeLimit(.minutes(2)))
struct StalledServerTests {
    private let folder = TemporaryFolder()
    private static let pause = "/v1/admin/bot-control/acct_aurora/twitch"

    private func with(_ body: (ServerProcess, StallingProxy, AuditedWorker) async throws -> Void) async throws {
        let server = try await ServerProcess(data: folder.path, arguments: ["--demo"])
        let token = try Program.run(["token", "--data", folder.path, "--subject", "w", "--system-key"]).output
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let proxy = try StallingProxy(to: Int(server.address.split(separator: ":").last ?? "") ?? 0)
        // Longer than two bookmarks.
        var limits = HTTPFeed.Limits()
        (limits.silence, limits.acknowledgement) = (.seconds(5), .seconds(1))
        let feed = HTTPFeed(server: "http://127.0.0.1:\(proxy.port)", token: token, limits: limits)
        let worker = try AuditedWorker(name: "h", source: feed)
        try await expectEqual(worker, server)
        try await body(server, proxy, worker)
        try await expectEqual(worker, server)
        #expect(worker.findings.faults == [])
        await worker.stop()
        proxy.close()
        server.end(with: SIGTERM)
    }

    private func expectEqual(_ worker: AuditedWorker, _ server: ServerProcess) async throws {
        let digest = try await server.digest
        let comes = await eventually { worker.digest == digest }
        #expect(comes)
    }

    @Test(arguments: [[.down], [.up, .down]] as [Set<StallingProxy.Direction>])
    func `makes the worker stale; it gives the connection up, and comes back`(
        directions: Set<StallingProxy.Direction>
    ) async throws {
        try await with { server, proxy, worker in
            let before = proxy.connectionCount
            proxy.stall(directions)
            _ = try await server.send("PUT", Self.pause, #"{"paused": true}"#)
            let falls = await eventually { worker.plane.live.freshness != .live }
            #expect(falls && worker.plane.live.mayAct(AccountID(stored: "acct_aurora"), on: .twitch))
            let givesUp = await eventually { proxy.connectionCount > before }
            #expect(givesUp)
            proxy.goOn()
            let obeys = await eventually {
                !worker.plane.live.mayAct(AccountID(stored: "acct_aurora"), on: .twitch)
                    && worker.plane.live.freshness == .live
            }
            #expect(obeys)
        }
    }

    @Test func `on the way up lets the feed go on; what the worker says is given up`() async throws {
        try await with { server, proxy, worker in
            proxy.stall([.up])
            _ = try await server.send("PUT", Self.pause, #"{"paused": true}"#)
            try await expectEqual(worker, server)
            let head = worker.plane.live.read { $0.set.cursor }
            let word = Acknowledgement(
                worker: "h", transport: .http, epoch: "e", applied: head, seen: head, digest: DocumentDigest(),
                accounts: 0, version: "1", at: Timestamp(microseconds: 0))
            await #expect(throws: (any Error).self) { try await worker.say(word) }
            proxy.goOn()
        }
    }

    @Test func `is got over when connections are cut and when everything takes its time`() async throws {
        try await with { server, proxy, _ in
            proxy.cut()
            proxy.delay(seconds: 0.05)
            for paused in [true, false, true] {
                _ = try await server.send("PUT", Self.pause, #"{"paused": \#(paused)}"#)
            }
        }
    }
}
