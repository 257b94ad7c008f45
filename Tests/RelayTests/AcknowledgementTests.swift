import Domain
import Logging
import Redis
import RedisStage
import Relay
import Synchronization
import TestTools
import Testing

@Suite("Workers' acknowledgements", .timeLimit(.minutes(3)))
struct AcknowledgementTests {
    @Test func `are as old as Redis has kept them`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        try await FeedStage.with { stage in
            let heard = Mutex<[String: Double]>([:]), session = try RedisSession(server.url)
            for (name, secondsLeft) in [("dead", Acknowledgement.keptSeconds - 900), ("odd", 2 * 3600)] {
                let command = RedisCommand("SET", "{lumio}:worker:\(name)").with(acknowledgement(name).bytes)
                _ = try session.send(command.with("EX").with(secondsLeft))
            }
            let logger = Logger(label: "relay") { _ in SwiftLogNoOpLogHandler() }
            let relay = FeedRelay(readModels: stage.readModels, url: server.url, settings: .test, logger: logger) {
                said, secondsAgo in heard.withLock { $0[said.worker] = secondsAgo }
            }
            try await relay.running {
                #expect(await eventually { heard.withLock { $0.count } == 2 })
                let command = RedisCommand("PUBLISH", "{lumio}:acknowledgements").with(acknowledgement("live").bytes)
                let isHeard = await eventually { try session.send(command).integer == 1 }
                #expect(isHeard)
                #expect(await eventually { heard.withLock { $0.count } == 3 })
            }
            let ages = heard.withLock { $0 }
            #expect(ages["live"] == 0 && ages["odd"] == 0)
            #expect((ages["dead"] ?? 0) >= 900 && (ages["dead"] ?? 0) < 1000)
        }
    }

    private func acknowledgement(_ worker: String) -> Acknowledgement {
        let id = ChangeID(position: 5, index: 0)
        return Acknowledgement(
            worker: worker, transport: .redis, epoch: "e.1", applied: id, seen: id, digest: DocumentDigest(),
            accounts: 3, version: "1", at: Timestamp(microseconds: 1_000_000))
    }

    @Test func `are read when the relay comes, heard as they come, and read again after an outage`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        try await FeedStage.with { stage in
            let heard = Mutex<[Acknowledgement]>([])
            func names() -> Set<String> { Set(heard.withLock { $0.map(\.worker) }) }
            let old = acknowledgement("old")
            let session = try RedisSession(server.url)
            _ = try session.send(RedisCommand("SET", "{lumio}:worker:old").with(old.bytes))
            // Of somebody with a prefix that begins the same, and of nobody who can be understood.
            _ = try session.send(RedisCommand("SET", "{lumio2}:worker:x").with(acknowledgement("x").bytes))
            _ = try session.send(RedisCommand("SET", "{lumio}:worker:y", "{}"))
            let relay = stage.relay(to: server.url) { new in heard.withLock { $0.append(new) } }
            try await relay.running {
                #expect(await eventually { names() == ["old"] })
                #expect(heard.withLock { $0.first } == old)
                #expect(await eventually { try server.send("PUBLISH", "{lumio}:acknowledgements", "{").integer == 1 })
                let new = RedisCommand("PUBLISH", "{lumio}:acknowledgements").with(acknowledgement("new").bytes)
                _ = try session.send(new)
                #expect(await eventually { names() == ["old", "new"] })
                server.kill()
                try server.start()
                let again = RedisCommand("SET", "{lumio}:worker:again").with(acknowledgement("again").bytes)
                _ = try RedisSession(server.url).send(again)
                #expect(await eventually { names() == ["old", "new", "again"] })
            }
        }
    }
}
