import Domain
import Foundation
import Testing

@Suite("Reverting on the command line", .serialized)
struct AuditRevertCommandTests {
    private let folder = TemporaryFolder()
    private var data: [String] { ["--data", folder.path] }

    @Test func `shows what it would do, does what was seen, and needs a server`() async throws {
        let server = try await ServerProcess(data: folder.path, arguments: ["--demo"])
        let paused = try Program.run(["audit", "replay", "--type", "bot.paused", "--json"] + data)
        let last = try JSONParser.parse(try #require(paused.output.split(separator: "\n").last.map(String.init)))
        let position = try #require(last["position"]?.integer), revert = ["audit", "revert", "\(position)"] + data
        let preview = try Program.run(revert + ["--preview"])
        #expect(preview.status == 0, "\(preview.errors)")
        let plan = try JSONParser.parse(preview.output)
        #expect(plan["standing"] == "revertible" && plan.at("command", "operation") == "setBotPaused")
        let stale = try Program.run(revert + ["--seen", "99"])
        #expect(stale.status == 3 && stale.errors.contains("If-Match"), "\(stale.errors)")
        let seen = try #require(plan["revision"]?.integer)
        let done = try Program.run(revert + ["--seen", "\(seen)", "--reason", "by mistake"])
        #expect(done.status == 0, "\(done.errors)")
        #expect(try JSONParser.parse(done.output)["standing"] == "reverted")
        let story = try Program.run(["audit", "replay", "--type", "bot.resumed"] + data)
        #expect(story.output.contains("by mistake"))
        #expect(try Program.run(["audit", "revert", "0"] + data).status == 2)
        server.end(with: SIGTERM)
        let alone = try Program.run(revert)
        #expect(alone.status == 3 && alone.errors.contains("botcontrol serve"), "\(alone.errors)")
    }
}

extension JSON {
    fileprivate func at(_ path: String...) -> JSON? { path.reduce(Optional(self)) { $0?[$1] } }
}
