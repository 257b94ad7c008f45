import Domain
import Foundation
import GRDB
import RedisStage
import TestTools
import Testing

@Suite("A witness beside a server", .serialized)
struct WitnessProcessTests {
    private let folder = TemporaryFolder(), memory = TemporaryFolder()

    private func look(_ log: String, _ more: [String] = []) throws -> Program.Outcome {
        try Program.run(["witness", "--dir", memory.path, "--log", log, "--once"] + more)
    }

    private func key() throws -> String {
        try Program.run(["audit", "checkpoint", "--public-key", "--data", folder.path]).output
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func register(_ server: ServerProcess, _ name: String) async throws {
        let body = #"{"account_id":"\#(name)","name":"\#(name)","plan":"free"}"#
        #expect(try await server.send("POST", "/v1/admin/accounts", body).status == 201)
    }

    @Test func `signs what grows, at an address and in a directory`() async throws {
        let server = try await ServerProcess(data: folder.path, arguments: ["--demo"])
        let key = try key()
        #expect(try look(server.address).status == 1, "whose key it does not know")
        for number in 0..<3 {
            try await register(server, "witnessed_\(number)")
            let looked = try look(server.address, ["--log-key", key])
            #expect(looked.status == 0 && looked.output.hasPrefix("bot-control/"), "\(looked.errors)")
        }
        server.end(with: SIGTERM)
        #expect(try look(folder.path).status == 0)
    }

    @Test func `refuses a journal that was changed and hashed again, and an old copy served as current`() async throws {
        let server = try await ServerProcess(data: folder.path, arguments: ["--demo"])
        server.end(with: SIGTERM)
        let old = folder.path + "-old"
        defer { try? FileManager.default.removeItem(atPath: old) }
        try FileManager.default.copyItem(atPath: folder.path, toPath: old)
        let again = try await ServerProcess(data: folder.path)
        try await register(again, "newest")
        _ = try Program.run(["audit", "checkpoint", "--data", folder.path])
        #expect(try look(folder.path).status == 0)
        again.end(with: SIGTERM)
        let stale = try look(old)
        #expect(stale.status == 1 && stale.errors.contains("an old copy is served"), "\(stale.errors)")

        // Another history of the same log, signed with its own key: as long, and nothing in it as it was.
        let forged = try await ServerProcess(data: old)
        try await register(forged, "forged")
        try await register(forged, "forged_too")
        _ = try Program.run(["audit", "checkpoint", "--data", old])
        forged.end(with: SIGTERM)
        let refused = try look(old)
        #expect(refused.status == 1 && refused.errors.contains("was rewritten"), "\(refused.errors)")
        let kept = try FileManager.default.contentsOfDirectory(atPath: memory.path + "/refused")
        #expect(kept.count == 2)
    }

    @Test func `is pushed to by the server, which keeps what it signs and says when it refuses`() async throws {
        let port = try RedisServer.freePort()
        let witness = Process()
        witness.executableURL = URL(fileURLWithPath: Program.path)
        witness.standardOutput = FileHandle.nullDevice
        witness.standardError = FileHandle.nullDevice
        let first = try await ServerProcess(data: folder.path, arguments: ["--demo"])
        witness.arguments = [
            "witness", "--dir", memory.path, "--name", "witness.example", "--port", "\(port)", "--log-key", try key(),
        ]
        try witness.run()
        defer { witness.terminate() }
        first.end(with: SIGTERM)
        let old = folder.path + "-old"
        defer { try? FileManager.default.removeItem(atPath: old) }
        try FileManager.default.copyItem(atPath: folder.path, toPath: old)

        let pushing = ["--witness", "http://127.0.0.1:\(port)"]
        let server = try await ServerProcess(data: folder.path, arguments: pushing)
        try await register(server, "pushed")
        #expect(
            await eventually {
                let log = try await server.send("GET", "/v1/audit/log").json["data"]
                return log?["cosigned_checkpoint"]?.string?.contains("witness.example") == true
                    && log?["witnesses"]?.array?.first?["size"] == log?["size"]
            })
        let proof = try Program.run(["audit", "proof", "3", "--data", folder.path])
        #expect(proof.output.contains("witness.example"))
        server.end(with: SIGTERM)

        let stale = try await ServerProcess(data: old, arguments: pushing)
        #expect(
            await eventually {
                let ready = try await stale.send("GET", "/health/ready").json
                return ready["reasons"]?.array?.contains { $0["code"] == "witness" } == true
            })
        stale.end(with: SIGTERM)
    }
}
