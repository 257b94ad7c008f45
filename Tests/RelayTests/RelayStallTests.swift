import Domain
import Redis
import RedisStage
import Relay
import Synchronization
import TestTools
import Testing

@Suite("The relay behind a network that stalls", .timeLimit(.minutes(2)))
struct RelayStallTests {
    private static func word(_ worker: String) -> [UInt8] {
        let id = ChangeID(position: 5, index: 0)
        return Acknowledgement(
            worker: worker, transport: .redis, epoch: "e.1", applied: id, seen: id, digest: DocumentDigest(),
            accounts: 3, version: "1", at: Timestamp(microseconds: 1_000_000)
        ).bytes
    }

    @Test(arguments: [[.up], [.down], [.up, .down]] as [Set<StallingProxy.Direction>])
    func `says so, keeps taking commands, and then writes what waits and hears who speaks`(
        directions: Set<StallingProxy.Direction>
    ) async throws {
        let server = try RedisServer()
        defer { server.kill() }
        let proxy = try StallingProxy(to: server.port)
        defer { proxy.close() }
        try await FeedStage.with { stage in
            try await stage.register()
            let heard = Mutex<Set<String>>([])
            let relay = stage.relay(to: RedisURL(host: "127.0.0.1", port: proxy.port)) { said in
                _ = heard.withLock { $0.insert(said.worker) }
            }
            try await relay.running {
                await stage.expectMirror(in: server)
                let connections = proxy.connectionCount
                proxy.stall(directions)
                try await stage.rename(20)
                let tells = await eventually { relay.status.failure?.contains("did not answer") == true }
                #expect(tells && relay.status.lagPositions == 20, "\(relay.status)")
                // Both the writer and the listener give their connections up, again and again.
                #expect(await eventually { proxy.connectionCount >= connections + 4 })
                proxy.goOn()
                await stage.expectMirror(in: server)
                let session = try RedisSession(server.url)
                let comes = await eventually {
                    _ = try session.send(RedisCommand("PUBLISH", "{lumio}:acknowledgements").with(Self.word("w")))
                    return heard.withLock { $0.contains("w") }
                }
                #expect(comes && relay.status.isConnected)
            }
        }
    }
}
