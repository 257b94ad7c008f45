import Domain
import EventStore
import Foundation
import Server
import TestTools
import Testing
import Transparency

@Suite("The log over HTTP")
struct LogAPITests {
    private func history(_ server: APIServer, _ count: Int) async throws {
        for number in 1...count { try await server.register("acct_\(number)") }
    }

    private func key(_ server: APIServer) async throws -> NoteKey {
        try NoteKey(try #require(try await server.get("/v1/audit/log").data["key"]?.string))
    }

    @Test func `is signed as far as anybody has heard of events, for everybody to see`() async throws {
        try await APIServer.run { server in
            let empty = try await server.get("/checkpoint", as: .nobody)
            #expect(try SignedCheckpoint(empty.body).checkpoint.size == 0)
            try await history(server, 3)
            let answer = try await server.get("/checkpoint", as: .nobody)
            #expect(answer.headers["content-type"] == "text/plain; charset=utf-8")
            #expect(answer.headers["cache-control"] == "no-cache")
            let signed = try SignedCheckpoint(answer.body)
            #expect(signed.checkpoint.size == 3)
            #expect(try signed.checkpoint.root == server.plane.services.journal.frontier().root)
            let key = try await key(server)
            #expect(try signed.note.verified(by: [key]) == [key])
            #expect(signed.checkpoint.origin == "bot-control/\(server.plane.services.journal.epoch)")
        }
    }

    @Test func `has tiles that never change, and no others`() async throws {
        try await APIServer.run { server in
            try await history(server, 260)
            let full = try await server.get("/tile/0/000", as: .nobody)
            #expect(full.status == 200 && full.body.count == 8192)
            #expect(full.headers["cache-control"] == "public, max-age=31536000, immutable")
            #expect(full.headers["content-type"] == "application/octet-stream")
            let leaves = try server.plane.services.journal.leafHashes(after: 0, through: 260)
            #expect(full.body == leaves[..<256].flatMap { hash in (0..<32).map { hash.bytes[$0] } })
            #expect(try await server.get("/tile/0/001.p/4", as: .nobody).body.count == 128)
            #expect(try await server.get("/tile/1/000.p/1", as: .nobody).body.count == 32)
            for missing in [
                "/tile/0/001", "/tile/0/001.p/5", "/tile/1/000", "/tile/0/1", "/tile/9/000", "/tile/x/000", "/tile/0/",
                "/tile/0/x000/000", "/tile/0/..%2Fcheckpoint", "/tile/0/%00", "/tile/7/999.p/255",
            ] {
                #expect(try await server.get(missing, as: .nobody).status == 404, "\(missing)")
            }
        }
    }

    @Test func `has the entries that the leaves are the hashes of, for auditors of the whole`() async throws {
        try await APIServer.run { server in
            try await history(server, 5)
            let bundle = try await server.get("/tile/entries/000.p/5").body
            var rest = bundle[...], hashes: [Hash] = []
            while let high = rest.popFirst(), let low = rest.popFirst() {
                let length = Int(high) << 8 | Int(low)
                hashes.append(.leaf(rest.prefix(length)))
                rest = rest.dropFirst(length)
            }
            #expect(try hashes == server.plane.services.journal.leafHashes(after: 0, through: 5))
            let tenant = server.token(.auditRead, account: "acct_1")
            #expect(try await server.get("/tile/entries/000.p/5", as: tenant).status == 404)
            #expect(try await server.get("/tile/entries/000.p/5", as: .nobody).status == 401)
        }
    }

    @Test func `proves single events, to accounts their own ones`() async throws {
        try await APIServer.run { server in
            try await history(server, 20)
            let key = try await key(server)
            for position in [1, 7, 20] {
                let answer = try await server.get("/v1/audit/events/\(position)/proof")
                let proof = try EventProof(answer.body)
                #expect(proof.position == position)
                #expect(try proof.check(keys: [key]) == [key])
                #expect(proof.text == answer.data["tlog_proof"]?.string)
            }
            let tenant = server.token(.auditRead, account: "acct_7")
            #expect(try await server.get("/v1/audit/events/7/proof", as: tenant).status == 200)
            #expect(try await server.get("/v1/audit/events/8/proof", as: tenant).status == 404)
            #expect(try await server.get("/v1/audit/events/21/proof").status == 404)
            #expect(try await server.get("/v1/audit/events/0/proof").status == 422)
        }
    }

    @Test func `proves that it has only grown`() async throws {
        try await APIServer.run { server in
            try await history(server, 20)
            for (from, to) in [(0, 20), (1, 20), (7, 13), (16, 20), (20, 20), (0, 0)] {
                let data = try await server.get("/v1/audit/consistency?from=\(from)&to=\(to)").data
                let path = (data["path"]?.array ?? []).compactMap { $0.string.flatMap { Hash(base64: $0) } }
                let older = try #require(data["from_root"]?.string.flatMap { Hash(base64: $0) })
                let newer = try #require(data["to_root"]?.string.flatMap { Hash(base64: $0) })
                #expect(ProofCheck.isConsistent(from: from, older, to: to, newer, path: path), "\(from) to \(to)")
            }
            let newest = try await server.get("/v1/audit/consistency").data
            #expect(newest["from"] == 0 && newest["to"] == 20)
            for query in ["from=21", "from=5&to=4", "to=21", "from=-1", "to=x", "at=3"] {
                #expect(try await server.get("/v1/audit/consistency?\(query)").status == 422, "\(query)")
            }
        }
    }

    @Test func `changes its key when a system admin says so, and the old one vouches for it`() async throws {
        try await APIServer.run { server in
            try await history(server, 2)
            let before = try await key(server)
            let answer = try await server.post("/v1/audit/log/rotations", ["reason": "every year"])
            #expect(answer.status == 200)
            let after = try await key(server)
            #expect(after != before && after.name == before.name)
            let rotation = try #require(answer.data["rotations"]?.array?.first)
            #expect(rotation["previous_key"]?.string == before.description && rotation["position"] == 3)
            let handover = try SignedNote(Array((rotation["handover"]?.string ?? "").utf8))
            #expect(try handover.verified(by: [before]) == [before])
            let signed = try SignedCheckpoint(try await server.get("/checkpoint", as: .nobody).body)
            #expect(try signed.checkpoint.size == 3 && signed.note.verified(by: [after]) == [after])
            let event = try await server.get("/v1/audit/events/3").data
            #expect(event["type"] == "log.key_rotated" && event["stream"] == "log-key")
            // No read model has stumbled over it.
            #expect(try await server.get("/health/ready", as: .nobody).json["status"] == "ready")
            for body: JSON in [["reason": 5], ["lost": "yes"], ["lsot": true]] {
                #expect(try await server.post("/v1/audit/log/rotations", body).status == 422, "\(body.text)")
            }
        }
    }

    @Test func `that is not signed any more leaves everything else as it is, and says why`() async throws {
        let directory = try TemporaryDirectory()
        try await APIServer.run(in: directory) { server in
            try await history(server, 2)
            _ = try await server.get("/checkpoint", as: .nobody)
        }
        try FileManager.default.removeItem(atPath: directory.path + "/log.key")
        try await APIServer.run(in: directory) { server in
            let answer = try await server.get("/checkpoint", as: .nobody)
            #expect(answer.status == 503 && answer.code == "audit_log_unavailable")
            #expect(answer.message.contains("rotate-key --lost"))
            #expect(try await server.get("/health/ready", as: .nobody).json["status"] == "degraded")
            try await server.register("acct_3")
            #expect(try await server.post("/v1/audit/log/rotations", ["lost": true]).status == 200)
            #expect(try await server.get("/checkpoint", as: .nobody).status == 200)
            #expect(try await server.get("/health/ready", as: .nobody).json["status"] == "ready")
        }
    }

    @Test func `keeps the name that it was given when it began`() async throws {
        let directory = try TemporaryDirectory()
        for origin in ["audit.example/a", nil] {
            try await APIServer.run(in: directory, { $0.logOrigin = origin }) { server in
                let answer = try await server.get("/v1/audit/log")
                #expect(answer.data["origin"] == "audit.example/a")
            }
        }
        var configuration = ControlPlane.Configuration(directory: directory.path)
        configuration.logOrigin = "audit.example/b"
        #expect(throws: LogKeyError.otherOrigin(asked: "audit.example/b", found: "audit.example/a")) {
            try ControlPlane.open(configuration)
        }
    }
}
