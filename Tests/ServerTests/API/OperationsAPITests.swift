import Domain
import EventStore
import Foundation
import Projections
import Server
import Testing

@Suite("What operators watch")
struct OperationsAPITests {
    /// An event that no read model understands.
    private func park(_ server: APIServer) async throws {
        let event = NewEvent(type: "bot.exploded", schemaVersion: 1, data: Array("{}".utf8), metadata: Array("{}".utf8))
        let stream = StreamID(category: "bot", key: "acct_1:twitch", account: "acct_1")
        _ = try await server.plane.services.journal.append([event], to: stream, expected: .any)
        _ = await server.plane.services.readModels.wait(for: server.head, timeoutSeconds: 5)
    }

    @Test func `is live and ready`() async throws {
        try await APIServer.run { server in
            #expect(try await server.get("/health/live", as: .nobody).json == ["status": "live"])
            let ready = try await server.get("/health/ready", as: .nobody)
            #expect(ready.status == 200 && ready.json == ["status": "ready", "position": 0, "reasons": []])
        }
    }

    @Test func `is degraded, and still takes commands, when a stream is parked`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            try await park(server)
            let degraded = try await server.get("/health/ready", as: .nobody)
            #expect(degraded.status == 200 && degraded.json["status"] == "degraded")
            let reason = try #require(degraded.json["reasons"]?.array?.first)
            #expect(reason["code"] == "stream_parked")
            #expect(reason["message"]?.string?.contains("bot-acct_1:twitch stands still since position 3") == true)
            try await server.register("acct_2")
            let status = try await server.get("/v1/admin/projections").data
            #expect(status["parked"]?.array?.first?["stream"] == "bot-acct_1:twitch")
            #expect(status["position"] == 4 && status["head"] == 4 && status["lag_positions"] == 0)
            let metrics = try await server.get("/metrics")
            #expect(metrics.text.contains("\nbotcontrol_projection_parked_streams 1\n"))
        }
    }

    @Test func `answers a command on a parked stream without an inner secret`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            try await park(server)
            let answer = try await server.put("/v1/admin/bot-control/acct_1/twitch", ["paused": true])
            #expect(answer.status < 500 || answer.status == 503 || answer.message.contains("correlation id"))
            #expect(!answer.text.contains("Unreadable"))
        }
    }

    @Test func `has metrics in Prometheus' format, under the documented names`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let answer = try await server.get("/metrics", as: server.token(.metricsRead))
            #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            let lines = answer.text.split(separator: "\n")
            for name in [
                "botcontrol_http_requests_total", "botcontrol_http_request_duration_seconds",
                "botcontrol_journal_head_position", "botcontrol_projection_position",
                "botcontrol_projection_lag_positions", "botcontrol_projection_lag_seconds",
                "botcontrol_projection_parked_streams",
            ] {
                #expect(lines.contains { $0.hasPrefix("# HELP \(name) ") }, "\(name)")
                #expect(lines.contains { $0.hasPrefix("# TYPE \(name) ") }, "\(name)")
            }
            #expect(lines.contains("botcontrol_journal_head_position 2"))
            #expect(lines.contains(#"botcontrol_http_requests_total{operation="registerAccount",status="201"} 1"#))
        }
    }

    @Test func `makes the read models anew under load, and they are equal`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            _ = try await server.put("/v1/bot-modules/word_filter?account_id=acct_1", ["enabled": true])
            let before = try await server.get("/v1/admin/projections").data
            async let load: Void = {
                for number in 0..<60 {
                    let answer = try await server.put(
                        "/v1/admin/bot-control/acct_1/twitch", ["paused": .bool(number.isMultiple(of: 2))])
                    #expect(answer.status == 200 && answer.isChanged == true)
                }
            }()
            for _ in 0..<3 {
                let report = try await server.post("/v1/admin/projections/rebuild", [:])
                #expect(report.status == 200 && report.data["differences"] == [])
            }
            try await load
            let report = try await server.send("POST", "/v1/admin/projections/rebuild")
            #expect(report.data["differences"] == [])
            let after = try await server.get("/v1/admin/projections").data
            #expect(after["position"] == 63 && after["digest"] == report.data["digest"])
            #expect(before["digest"] != after["digest"])
            #expect((after["file"]?.integer ?? 0) > (before["file"]?.integer ?? 0))
            let files = try FileManager.default.contentsOfDirectory(atPath: server.plane.configuration.directory)
            #expect(files.filter { $0.hasPrefix("read-models.") && $0.hasSuffix(".sqlite") }.count == 1)
        }
    }

    @Test func `rebuilds once at a time`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let statuses = try await withThrowingTaskGroup(of: Int.self) { racers in
                for _ in 0..<10 {
                    racers.addTask { try await server.send("POST", "/v1/admin/projections/rebuild").status }
                }
                return try await racers.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(Set(statuses).isSubset(of: [200, 409]) && statuses.contains(200))
        }
    }

    @Test func `answers HEAD as GET, without the body`() async throws {
        try await APIServer.run { server in
            for target in ["/health/live", "/v1/admin/providers"] {
                let head = try await server.send("HEAD", target)
                #expect(head.status == 200 && head.body.isEmpty)
            }
        }
    }
}
