import Domain
import Redis
import RedisStage
import Relay
import Synchronization
import TestTools
import Testing

@Suite("Workers' reports", .timeLimit(.minutes(3)))
struct ReportTests {
    /// What a server keeps: the reports that it took, and the place that it saves with them.
    private final class Desk: Sendable {
        struct State {
            var workers: [String] = [], place: String?
            var unreadable = 0
        }

        let state = Mutex(State())

        var intake: ReportIntake {
            ReportIntake(
                place: { self.state.withLock { $0.place } },
                take: { report, entry in
                    self.state.withLock { state in
                        if let report { state.workers.append(report.worker) } else { state.unreadable += 1 }
                        state.place = entry
                    }
                })
        }

        var workers: [String] { state.withLock { $0.workers } }

        func heard(_ names: [String]) async -> Bool { await eventually { self.workers == names } }
    }

    private func add(_ server: RedisServer, _ worker: String, id: String = "*") throws {
        let report = Report(worker: worker)
        let command = RedisCommand("XADD", "{lumio}:reports").with(id).with("report").with(report.bytes)
        _ = try RedisSession(server.url).send(command)
    }

    @Test func `are read in order, and gone on with where they were left`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        try await FeedStage.with { stage in
            let desk = Desk()
            for number in 0..<40 { try add(server, "early \(number)") }
            let early = (0..<40).map { "early \($0)" }
            try await stage.relay(to: server.url, reports: desk.intake).running {
                #expect(await desk.heard(early))
                try add(server, "live")
                #expect(await desk.heard(early + ["live"]))
            }
            try add(server, "meanwhile")
            try await stage.relay(to: server.url, reports: desk.intake).running {
                #expect(await desk.heard(early + ["live", "meanwhile"]))
            }
            // Another server reads all of them for itself.
            let other = Desk()
            try await stage.relay(to: server.url, reports: other.intake).running {
                #expect(await other.heard(early + ["live", "meanwhile"]))
            }
        }
    }

    @Test func `that cannot be read hold up nothing`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        try await FeedStage.with { stage in
            let desk = Desk()
            let stream = "{lumio}:reports"
            _ = try server.send("XADD", stream, "*", "report", "{")
            _ = try server.send("XADD", stream, "*", "report", #"{"worker": 3}"#)
            _ = try server.send("XADD", stream, "*", "other", "x", "more", "y")
            let huge = [UInt8](repeating: UInt8(ascii: " "), count: Report.sizeBytesMax + 1)
            _ = try RedisSession(server.url).send(RedisCommand("XADD", stream, "*", "report").with(huge))
            try add(server, "sound")
            try await stage.relay(to: server.url, reports: desk.intake).running {
                #expect(await desk.heard(["sound"]))
            }
            #expect(desk.state.withLock { $0.unreadable } == 4)
        }
    }

    @Test func `are heard after Redis was emptied, also when it numbers lower than before`() async throws {
        let server = try RedisServer()
        defer { server.kill() }
        try await FeedStage.with { stage in
            let desk = Desk()
            try add(server, "far ahead", id: "99999999999999-0")
            try await stage.relay(to: server.url, reports: desk.intake).running {
                #expect(await desk.heard(["far ahead"]))
                _ = try server.send("FLUSHALL")
                #expect(await eventually { desk.state.withLock { $0.place } == "0-0" })
                try add(server, "anew", id: "5-0")
                #expect(await desk.heard(["far ahead", "anew"]))
            }
            // It went back in time while nobody looked: what stands there is taken for what was read before.
            desk.state.withLock { $0.place = "99-0" }
            try await stage.relay(to: server.url, reports: desk.intake).running {
                #expect(await eventually { desk.state.withLock { $0.place } == "5-0" })
                try add(server, "after", id: "6-0")
                #expect(await desk.heard(["far ahead", "anew", "after"]))
            }
        }
    }

    @Test func `are heard after Redis was killed, and while another key is in their place nothing else stops`()
        async throws
    {
        let server = try RedisServer(["--appendonly", "yes", "--appendfsync", "always"])
        defer { server.kill() }
        try await FeedStage.with { stage in
            let desk = Desk()
            try await stage.relay(to: server.url, reports: desk.intake).running {
                try add(server, "before")
                #expect(await desk.heard(["before"]))
                server.kill()
                try server.start()
                try add(server, "after")
                #expect(await desk.heard(["before", "after"]))
                _ = try server.send("SET", "{lumio}:reports", "taken")
                try await stage.register()
                await stage.expectMirror(in: server)
                _ = try server.send("DEL", "{lumio}:reports")
                try add(server, "again")
                #expect(await desk.heard(["before", "after", "again"]))
            }
        }
    }
}
