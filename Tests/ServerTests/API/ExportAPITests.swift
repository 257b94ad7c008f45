import Domain
import EventStore
import Foundation
import Server
import Testing

@Suite("An export", .timeLimit(.minutes(2)))
struct ExportAPITests {
    private static let path = "/v1/audit/events"
    private let lines = [("Accept", "application/x-ndjson")]

    private func fill(_ server: APIServer, _ count: Int, bytes: Int) async throws {
        let data = Array("{\"text\":\"\(String(repeating: "x", count: bytes))\"}".utf8)
        let stream = StreamID(category: "bot", key: "acct_1:twitch", account: "acct_1")
        for start in stride(from: 0, to: count, by: 5_000) {
            let events = (start..<min(count, start + 5_000)).map { _ in
                NewEvent(type: "bot.resumed", schemaVersion: 1, data: data, metadata: Array("{}".utf8))
            }
            _ = try await server.plane.services.journal.append(events, to: stream, expected: .any)
        }
    }

    private func metric(_ server: APIServer, _ name: String) async throws -> Double {
        let text = try await server.get("/metrics").text
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
        return line.flatMap { Double($0.split(separator: " ").last ?? "") } ?? -1
    }

    @Test func `goes on where it was interrupted, and says how far it looks`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            try await fill(server, 1_200, bytes: 10)
            for accept in ["application/x-ndjson", "text/csv"] {
                let whole = try await server.get(Self.path + "?order=asc", headers: [("Accept", accept)])
                #expect(whole.headers["x-export-through"] == "1202")
                let lines = whole.text.split(whereSeparator: \.isNewline)
                let head = accept == "text/csv" ? 1 : 0
                let rest = try await server.get(Self.path + "?order=asc&after=700", headers: [("Accept", accept)])
                #expect(
                    rest.text.split(whereSeparator: \.isNewline).dropFirst(head)
                        == lines.dropFirst(head + 700))
            }
            let page = try await server.get(Self.path + "?order=asc&after=1201")
            #expect(page.rows.map { $0["position"] } == [1202] && page.meta["next"] == JSON.null)
            #expect(try await server.get(Self.path + "?after=1202", headers: lines).text == "")
            #expect(try await server.get(Self.path + "?after=-1").failures == ["after out_of_range"])
        }
    }

    @Test func `ends as soon as its reader has gone`() async throws {
        try await APIServer.run { server in
            try await fill(server, 40_000, bytes: 1_000)
            let request = PlainHTTP.request(
                "GET", Self.path + "?order=asc", headers: lines + [("Authorization", "Bearer \(server.admin)")])
            let socket = try PlainHTTP.connected(port: server.port)
            _ = request.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            var bytes = [UInt8](repeating: 0, count: 1_000)
            #expect(recv(socket, &bytes, bytes.count, 0) > 0)
            try await wait(server, untilRunning: 1)
            close(socket)
            try await wait(server, untilRunning: 0)
            // 40 MB do not fit into the buffers between here and there.
            #expect(try await metric(server, "botcontrol_exported_events_total") < 40_000)
        }
    }

    @Test func `ends as soon as its reader has gone, also when it finds nothing`() async throws {
        try await APIServer.run { server in
            try await fill(server, 300_000, bytes: 1)
            let steps = 300_000 / 50_000
            let request = PlainHTTP.request(
                "GET", Self.path + "?text=absent",
                headers: lines + [("Authorization", "Bearer \(server.admin)")])
            try PlainHTTP.abandon(port: server.port, request)
            try await Task.sleep(for: .milliseconds(200))
            try await wait(server, untilRunning: 0)
            #expect(Int(try await metric(server, "botcontrol_export_steps_total")) < steps)
            // One who stays gets an end.
            let whole = try await server.get(Self.path + "?text=absent", headers: lines)
            #expect(whole.status == 200 && whole.text == "")
        }
    }

    /// The answer's head can be here before its body is begun.
    private func wait(_ server: APIServer, untilRunning count: Double) async throws {
        for _ in 0..<200 {
            if try await metric(server, "botcontrol_exports_running") == count { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("there are not \(count) exports")
    }
}
