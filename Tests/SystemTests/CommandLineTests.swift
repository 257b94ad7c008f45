import Domain
import Foundation
import Testing

@Suite("The command line", .serialized)
struct CommandLineTests {
    private let folder = TemporaryFolder()

    @Test(arguments: [
        ["serve"], ["token", "--data", "x"], ["serve", "--data", "x", "--port", "70000"], ["nonsense"],
        ["serve", "--data", "x", "--log-level", "loud"], ["worker"], ["worker", "--feed", "ftp://x"],
        ["worker", "--feed", "http://x", "--stale", "perhaps"],
        ["worker", "--feed", "http://x", "--extension-idle", "5"],
    ])
    func `ends with 2 when it makes no sense`(arguments: [String]) throws {
        let outcome = try Program.run(arguments)
        #expect(outcome.status == 2)
        #expect(outcome.output.isEmpty && !outcome.errors.isEmpty)
    }

    @Test(arguments: [["journal", "info"], ["projections", "status"], ["audit", "replay"], ["audit", "export"]])
    func `ends with 3 where there is no journal`(arguments: [String]) throws {
        let outcome = try Program.run(arguments + ["--data", folder.path])
        #expect(outcome.status == 3)
        #expect(outcome.errors.contains("holds no journal"))
        #expect(outcome.output.isEmpty)
    }

    /// What a newcomer looks up there: every option of the server, and every file that it makes.
    @Test func `is what README says`() async throws {
        let root = (0..<3).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let options = try Program.run(["serve", "--help"]).output.matches(of: /(?m)^ +(?:-h, )?(--[a-z-]+)/).map(\.1)
        #expect(options.count > 10)
        for option in options where !["--help", "--version"].contains(option) {
            #expect(readme.contains("`\(option)`"), "\(option)")
        }
        let server = try await ServerProcess(data: folder.path, arguments: ["--demo"])
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files.count > 5)
        for file in files where !file.hasSuffix("-wal") && !file.hasSuffix("-shm") {
            let name = file.replacing(/\.[0-9]+\./, with: ".<n>.")
            #expect(readme.contains("`\(name)`") || readme.contains("`\(name)/`"), "\(name)")
        }
        #expect(server.end(with: SIGTERM) == 0)
    }

    @Test func `reads, backs up and restores a journal while it is in use`() async throws {
        let server = try await ServerProcess(data: folder.path, arguments: ["--demo"])
        let data = ["--data", folder.path]
        let info = try JSONParser.parse(try Program.run(["journal", "info", "--json"] + data).output)
        #expect(info["position"]?.integer ?? 0 > 20)
        let replay = try Program.run(["audit", "replay", "--stream", "bot-acct_aurora:youtube"] + data)
        #expect(replay.output.contains(" paused the bot of ") && replay.output.contains("Demo"))
        let state = try Program.run(["audit", "state", "--stream", "bot-acct_aurora:youtube"] + data)
        #expect(try JSONParser.parse(state.output)["paused"] == true)
        #expect(try Program.run(["audit", "state", "--stream", "bot-nobody:kick"] + data).status == 1)
        let lines = try Program.run(["audit", "export"] + data).output.split(separator: "\n")
        #expect(lines.count == info["position"]?.integer)
        #expect(try Program.run(["projections", "rebuild"] + data).status == 0)

        // One that is nothing but its digest, and one that is not what it is called.
        let bundle = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        let bundles = URL(filePath: folder.path + "/bundles")
        try FileManager.default.createDirectory(at: bundles, withIntermediateDirectories: true)
        for name in [bundle, String(repeating: "0", count: 64)] { try Data().write(to: bundles.appending(path: name)) }

        let backup = folder.path + "/backup.sqlite", restored = TemporaryFolder()
        let made = try Program.run(["journal", "backup", backup, "--with-keys"] + data)
        #expect(made.status == 0 && made.errors.contains("is damaged and was left behind"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: backup + ".bundles") == [bundle])
        #expect(try Program.run(["journal", "backup", backup] + data).status == 3)
        #expect(try Program.run(["journal", "restore", backup, "--data", restored.path]).status == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: restored.path + "/bundles") == [bundle])
        let again = try await ServerProcess(data: restored.path)
        #expect(try await again.digest == server.digest)
        let other = try JSONParser.parse(
            try Program.run(["journal", "info", "--json", "--data", restored.path]).output)
        #expect(other["epoch"] != info["epoch"] && other["root"] == info["root"])
        again.end(with: SIGTERM)
        server.end(with: SIGTERM)
        #expect(try Program.run(["projections", "status"] + data).status == 0)
    }

    @Test func `leaves the keys of personal text out of a backup, and says so`() async throws {
        let server = try await ServerProcess(data: folder.path, arguments: ["--demo"])
        let backup = folder.path + "/backup.sqlite", restored = TemporaryFolder()
        #expect(try Program.run(["journal", "backup", backup, "--data", folder.path]).status == 0)
        #expect(!FileManager.default.fileExists(atPath: backup + ".keys"))
        let outcome = try Program.run(["journal", "restore", backup, "--data", restored.path])
        #expect(outcome.status == 0 && outcome.errors.contains("stays sealed"))
        server.end(with: SIGTERM)
        let state = try Program.run(["audit", "state", "--stream", "account-acct_aurora", "--data", restored.path])
        #expect(try JSONParser.parse(state.output)["name"] == "[sealed]")
        let story = try Program.run(["audit", "replay", "--stream", "account-acct_aurora", "--data", restored.path])
        #expect(story.status == 0 && story.output.contains("registered acct_aurora on the plan"))
    }

    @Test func `takes options from the environment`() async throws {
        let server = try await ServerProcess(data: folder.path)
        server.end(with: SIGTERM)
        let environment = ["BOTCONTROL_DATA": folder.path, "BOTCONTROL_SUBJECT": "me"]
        let outcome = try Program.run(["token", "--system-admin"], environment: environment)
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix("lm_"))
    }
}
