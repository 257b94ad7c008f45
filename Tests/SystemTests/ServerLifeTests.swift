import Domain
import EventStore
import Foundation
import Testing

@Suite("A running server", .serialized)
struct ServerLifeTests {
    private let folder = TemporaryFolder()

    @Test func `holds its directory, and says so to a second one`() async throws {
        let server = try await ServerProcess(data: folder.path)
        let second = try Program.run(["serve", "--data", folder.path, "--port", "0"])
        #expect(second.status == 3)
        #expect(second.errors.contains("is in use by botcontrol at \(server.address)"))
        #expect(second.output.isEmpty)
        server.end(with: SIGTERM)
    }

    @Test func `names a port that is taken`() async throws {
        let server = try await ServerProcess(data: folder.path)
        let port = try #require(server.address.split(separator: ":").last.map(String.init))
        let other = TemporaryFolder()
        let second = try Program.run(["serve", "--data", other.path, "--port", port])
        #expect(second.status == 3)
        #expect(second.errors.contains("port \(port) on 127.0.0.1 is in use"))
        server.end(with: SIGTERM)
    }

    @Test func `keeps its secrets to its owner`() async throws {
        let server = try await ServerProcess(data: folder.path)
        let modes = try ["", "/signing.key"].map {
            try FileManager.default.attributesOfItem(atPath: folder.path + $0)[.posixPermissions] as? Int
        }
        #expect(modes == [0o700, 0o600])
        server.end(with: SIGTERM)
    }

    @Test func `stops cleanly on SIGTERM, with everything in the file`() async throws {
        let server = try await ServerProcess(data: folder.path, arguments: ["--demo"])
        #expect(server.end(with: SIGTERM) == 0)
        let wal = try? FileManager.default.attributesOfItem(atPath: folder.path + "/journal.sqlite-wal")[.size] as? Int
        #expect((wal ?? 0) == 0)
    }

    @Test func `makes equal read models when they were deleted`() async throws {
        let first = try await ServerProcess(data: folder.path, arguments: ["--demo"])
        let before = try await first.digest
        let statuses = try await first.send("GET", "/v1/admin/bot-control/statuses?per_page=100").json["data"]
        first.end(with: SIGTERM)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where name.hasPrefix("read-models.") {
            try FileManager.default.removeItem(atPath: folder.path + "/" + name)
        }
        let second = try await ServerProcess(data: folder.path)
        #expect(try await second.digest == before)
        #expect(try await second.send("GET", "/v1/admin/bot-control/statuses?per_page=100").json["data"] == statuses)
        second.end(with: SIGTERM)
    }

    @Test func `loses nothing that it has acknowledged when it is killed in a storm`() async throws {
        var acknowledged = 0
        for round in 0..<10 {
            let server = try await ServerProcess(data: folder.path, arguments: ["--demo"])
            acknowledged = max(acknowledged, try await storm(server, round: round))
            server.end(with: SIGKILL)
            let journal = try JournalReader(directory: folder.path)
            #expect(journal.head >= acknowledged)
        }
        let server = try await ServerProcess(data: folder.path)
        let live = try await server.digest
        let report = try await server.send("POST", "/v1/admin/projections/rebuild")
        #expect(report.json["data"]?["differences"]?.array?.isEmpty == true)
        #expect(report.json["data"]?["digest"]?.string == live)
        server.end(with: SIGTERM)
    }

    /// Pauses and resumes from several callers at once; the last position that was acknowledged before the end.
    private func storm(_ server: ServerProcess, round: Int) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for account in ["acct_aurora", "acct_basil", "acct_comet", "acct_dune"] {
                group.addTask {
                    var last = 0
                    for step in 0..<15 {
                        let body = #"{"paused": \#((step + round) % 2 == 0)}"#
                        let answer = try await server.send("PUT", "/v1/admin/bot-control/\(account)/twitch", body)
                        #expect(answer.status == 200)
                        last = max(last, answer.json["meta"]?["position"]?.integer ?? 0)
                    }
                    return last
                }
            }
            return try await group.reduce(0, max)
        }
    }
}
