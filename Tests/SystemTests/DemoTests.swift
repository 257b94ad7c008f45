import Domain
import Foundation
import RedisStage
import TestTools
import Testing

/// What `scripts/run` starts.
@Suite("The demonstration", .serialized, .timeLimit(.minutes(2)))
struct DemoTests {
    private let folder = TemporaryFolder()
    private var platforms: String { folder.path + "/platforms" }

    /// The platforms' starter lives until it is ended; they are another process.
    private func startPlatforms() throws -> Process {
        let starter = Process()
        starter.executableURL = URL(fileURLWithPath: "/bin/sh")
        let program = URL(fileURLWithPath: Program.path).deletingLastPathComponent().path + "/DemoPlatforms"
        starter.arguments = ["-c", #""$0" --folder "$1" & exec sleep 600"#, program, platforms]
        try starter.run()
        return starter
    }

    private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: platforms + name) }

    @Test func `has bots that hear and act on its platforms, which end with whoever started them`() async throws {
        let starter = try startPlatforms()
        defer { kill(starter.processIdentifier, SIGKILL) }
        try #require(await eventually { exists("/credentials.json") })
        let mode = try FileManager.default.attributesOfItem(atPath: platforms + "/credentials.json")[.posixPermissions]
        #expect(mode as? Int == 0o600)

        let files = ["--credentials", platforms + "/credentials.json", "--kick-public-key", platforms + "/kick.pem"]
        let server = try await ServerProcess(
            data: folder.path + "/data", arguments: ["--demo", "--with-worker"] + files)
        let allowed = try await server.send(
            "PATCH", "/v1/admin/providers/trovo", #"{"bot": true, "reason": "the incident is over"}"#)
        #expect(allowed.status == 200)
        let started = WallClock.system.now
        // Kick's heartbeats come with its webhooks, and this server is not where they are sent.
        for platform in Platform.allCases where platform != .kick {
            let path = "/v1/admin/bot-control/statuses?search=acct_comet&platform=\(platform.rawValue)"
            let hears = await eventually {
                let row = try await server.send("GET", path).json["data"]?.array?.first
                let last = row?["last_heartbeat_at"]?.string.flatMap { Timestamp($0) }
                return row?["hearing"] == "live" && last.map { $0 > started } == true
            }
            #expect(hears, "\(platform)")
        }
        let acts = await eventually {
            let log = try await server.send("GET", "/v1/admin/moderation-log?account_id=acct_comet").json
            return log["data"]?.array?.contains { $0["outcome"] == "done" } == true
        }
        #expect(acts)
        server.end(with: SIGTERM)

        kill(starter.processIdentifier, SIGKILL)
        #expect(await eventually { !exists("") }, "the platforms clean up")
    }
}
