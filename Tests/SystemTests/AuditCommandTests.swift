import Domain
import EventStore
import Foundation
import GRDB
import Testing

@Suite("The audit on the command line", .serialized)
struct AuditCommandTests {
    private let folder = TemporaryFolder()
    private var data: [String] { ["--data", folder.path] }

    private func served(_ arguments: [String] = ["--demo"]) async throws -> ServerProcess {
        try await ServerProcess(data: folder.path, arguments: arguments)
    }

    /// Somebody with the file in his hands, who has taken the triggers away.
    private func tamper(_ sql: String) throws {
        let queue = try DatabaseQueue(path: folder.path + "/journal.sqlite")
        try queue.writeWithoutTransaction { db in
            for name in try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger'") {
                try db.execute(sql: "DROP TRIGGER \(name)")
            }
            try db.execute(sql: sql)
        }
        try queue.close()
    }

    private func key() throws -> String {
        try Program.run(["audit", "checkpoint", "--public-key"] + data).output
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test func `checks a history while it is in use and afterwards, and what came since`() async throws {
        let server = try await served()
        let running = try Program.run(["audit", "verify", "--json"] + data)
        #expect(running.status == 0, "\(running.output) \(running.errors)")
        let report = try JSONParser.parse(running.output)
        #expect(report["ok"] == true && report["findings"]?.array?.isEmpty == true)
        server.end(with: SIGTERM)
        let stopped = try Program.run(["audit", "verify"] + data)
        #expect(stopped.status == 0 && stopped.errors.contains("are as they were recorded"), "\(stopped.errors)")
        #expect(stopped.errors.contains("signed by bot-control/"))
        #expect(stopped.output.isEmpty)
        let again = try Program.run(["audit", "verify", "--incremental", "--json"] + data)
        #expect(try JSONParser.parse(again.output)["after"] == JSONParser.parse(again.output)["through"])
    }

    @Test func `names what was changed, with exit code 1`() async throws {
        try await served().end(with: SIGTERM)
        try tamper("UPDATE events SET data = replace(data, 'spam', 'ham!') || ' ' WHERE position = 5")
        let found = try Program.run(["audit", "verify"] + data)
        #expect(found.status == 1)
        #expect(found.output.contains("position 5: "), "\(found.output)")
        #expect(found.errors.contains("finding"))
        let json = try JSONParser.parse(try Program.run(["audit", "verify", "--json"] + data).output)
        #expect(json["ok"] == false && json["findings"]?.array?.first?["position"] == 5)
    }

    @Test func `finds a read model that was changed`() async throws {
        try await served().end(with: SIGTERM)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let models = try #require(names.first { $0.hasPrefix("read-models.") && $0.hasSuffix(".sqlite") })
        let queue = try DatabaseQueue(path: folder.path + "/" + models)
        try await queue.write { try $0.execute(sql: "UPDATE accounts SET name = 'Mallory'") }
        try queue.close()
        let found = try Program.run(["audit", "verify"] + data)
        #expect(found.status == 1 && found.output.contains("Mallory"), "\(found.output) \(found.errors)")
        #expect(try Program.run(["audit", "verify", "--no-read-models"] + data).status == 0)
    }

    @Test func `proves an event to somebody with nothing but the key`() async throws {
        let server = try await served()
        let made = [try Program.run(["audit", "proof", "7"] + data)]
        let key = try key()
        server.end(with: SIGTERM)
        let offline = try Program.run(["audit", "proof", "7"] + data)
        let foreign = try Program.run(["audit", "proof", "7", "--format", "tlog-proof"] + data)
        #expect(foreign.output.hasPrefix("c2sp.org/tlog-proof@v1\n"))
        for (number, proof) in (made + [offline, foreign]).enumerated() {
            #expect(proof.status == 0, "\(proof.errors)")
            let file = folder.path + "/proof-\(number)"
            try proof.output.write(toFile: file, atomically: true, encoding: .utf8)
            let verified = try Program.run(["audit", "verify-proof", file, "--key", key])
            #expect(verified.status == 0 && verified.output.contains(#""position":7"#), "\(verified.errors)")
            try proof.output.replacing("a", with: "b").write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try Program.run(["audit", "verify-proof", file, "--key", key]).status == 1)
        }
        #expect(try Program.run(["audit", "verify-proof", "missing", "--key", key]).status == 3)
        #expect(try Program.run(["audit", "verify-proof", "missing", "--key", "rubbish"]).status == 2)
        #expect(try Program.run(["audit", "proof", "9999"] + data).status == 1)
    }

    @Test func `changes the key, with a server and without`() async throws {
        let server = try await served()
        let first = try key()
        #expect(try Program.run(["audit", "rotate-key", "--reason", "yearly"] + data).status == 0)
        let second = try key()
        server.end(with: SIGTERM)
        #expect(try Program.run(["audit", "rotate-key"] + data).status == 0)
        let third = try key()
        #expect(Set([first, second, third]).count == 3)
        #expect(try Program.run(["audit", "verify"] + data).status == 0)
        let again = try await served([])
        #expect(try Program.run(["audit", "checkpoint"] + data).output.contains("bot-control/"))
        #expect(try Program.run(["audit", "verify"] + data).status == 0)
        again.end(with: SIGTERM)
    }

    @Test func `checks a backup, and brings back as much of it as is wanted`() async throws {
        let server = try await served()
        let backup = folder.path + "/copy.sqlite", restored = TemporaryFolder()
        let made = try Program.run(["journal", "backup", backup] + data)
        #expect(made.status == 0 && made.errors.contains("intact to position"), "\(made.errors)")
        let key = try key()
        server.end(with: SIGTERM)
        let back = try Program.run(["journal", "restore", backup, "--to", "9", "--key", key, "--data", restored.path])
        #expect(back.status == 0, "\(back.errors)")
        #expect(back.errors.contains("intact to position 9, as bot-control/"), "\(back.errors)")
        let info = try JSONParser.parse(
            try Program.run(["journal", "info", "--json", "--data", restored.path]).output)
        #expect(info["position"] == 9)
        let again = try await ServerProcess(data: restored.path)
        again.end(with: SIGTERM)
        #expect(try Program.run(["audit", "verify", "--data", restored.path]).status == 0)
        let other = TemporaryFolder()
        #expect(try Program.run(["journal", "restore", backup, "--to", "99999", "--data", other.path]).status == 3)
    }

    @Test func `does not restore a backup that was changed, and says up to where it is sound`() async throws {
        try await served().end(with: SIGTERM)
        let backup = folder.path + "/copy.sqlite", restored = TemporaryFolder()
        #expect(try Program.run(["journal", "backup", backup] + data).status == 0)
        let queue = try DatabaseQueue(path: backup)
        try await queue.writeWithoutTransaction { db in
            try db.execute(
                sql: "DROP TRIGGER events_refuse_update; UPDATE events SET data = data || ' ' WHERE position = 12")
        }
        try queue.close()
        let refused = try Program.run(["journal", "restore", backup, "--data", restored.path])
        #expect(refused.status == 1 && refused.output.contains("position 12"), "\(refused.output)")
        #expect(refused.errors.contains("--to 11"), "\(refused.errors)")
        #expect(!FileManager.default.fileExists(atPath: restored.path + "/journal.sqlite"))
        let key = try key()
        let back = try Program.run(["journal", "restore", backup, "--to", "11", "--key", key, "--data", restored.path])
        #expect(back.status == 0 && back.errors.contains("intact to position 11, as bot-control/"), "\(back.errors)")
    }
}
