import Domain
import Foundation
import Testing

@Suite("The history on the command line", .serialized)
struct HistoryCommandTests {
    private let folder = TemporaryFolder()
    private var data: [String] { ["--data", folder.path] }

    private func run(_ arguments: String...) throws -> Program.Outcome {
        try Program.run(["audit"] + arguments + data)
    }

    private func lines(_ arguments: String...) throws -> [String] {
        let outcome = try Program.run(["audit"] + arguments + data)
        #expect(outcome.status == 0, "\(arguments) \(outcome.errors)")
        return outcome.output.split(separator: "\n").map(String.init)
    }

    @Test func `is told as sentences, of what was asked for`() async throws {
        let server = try await ServerProcess(data: folder.path, arguments: ["--demo"])
        defer { server.end(with: SIGTERM) }
        let all = try lines("replay")
        #expect(all.count > 20 && all[0].hasPrefix("1  20") && !all.contains { $0.contains("{\"") })
        #expect(all.contains { $0.contains(" registered ") } && all.contains { $0.contains(" paused the bot of ") })
        let numbers = all.compactMap { Int($0.prefix { $0 != " " }) }
        #expect(numbers == Array(1...all.count))
        let twitch = try lines("replay", "--platform", "twitch")
        #expect(!twitch.isEmpty && twitch.count < all.count && twitch.allSatisfy { $0.contains("twitch") })
        #expect(
            try lines("replay", "--from", "3", "--to", "5").compactMap { Int($0.prefix { $0 != " " }) } == [3, 4, 5])
        let json = try lines("replay", "--from", "3", "--to", "3", "--json")
        #expect(try JSONParser.parse(json[0])["position"] == 3)
        #expect(try run("replay", "--platform", "twich").status == 2)
        #expect(try run("replay", "--from", "yesterday").status == 2)
    }

    @Test func `goes on with what happens`() async throws {
        let server = try await ServerProcess(data: folder.path, arguments: ["--demo"])
        defer { server.end(with: SIGTERM) }
        let told = folder.path + "/told"
        let following = Process()
        following.executableURL = URL(fileURLWithPath: Program.path)
        following.arguments = ["audit", "replay", "--follow", "--type", "account.registered"] + data
        try Data().write(to: URL(fileURLWithPath: told))
        following.standardOutput = FileHandle(forWritingAtPath: told)
        try following.run()
        // It may have inherited that SIGTERM is not heard.
        defer {
            kill(following.processIdentifier, SIGKILL)
            following.waitUntilExit()
        }
        _ = try await server.send("POST", "/v1/admin/accounts", #"{"account_id":"late","name":"L","plan":"pro"}"#)
        let deadline = Date(timeIntervalSinceNow: 20)
        while Date() < deadline {
            if try String(contentsOfFile: told, encoding: .utf8).contains("registered late") { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("the account never came: \(try String(contentsOfFile: told, encoding: .utf8))")
    }

    @Test func `has a state at every moment, and what two moments do not share`() async throws {
        try await ServerProcess(data: folder.path, arguments: ["--demo"]).end(with: SIGTERM)
        let head = try lines("replay").count
        #expect(try lines("state", "--at", "0").isEmpty)
        let first = try lines("state", "--at", "1")
        #expect(first.count == 1)
        #expect(try JSONParser.parse(first[0])["kind"] == "account")
        let digest = try lines("state", "--digest")[0]
        let atHead = try lines("state", "--digest", "--at", "\(head)")
        #expect(atHead == [digest] && digest.hasPrefix("\(head) "))
        #expect(try lines("state", "--digest", "--at", "\(head - 1)") != atHead)
        let status = try Program.run(["projections", "status", "--json"] + data)
        #expect(status.output.contains(digest.split(separator: " ")[1]) || status.status != 0)

        let pause = try #require(try lines("replay", "--type", "bot.paused").first)
        let position = try #require(Int(pause.prefix { $0 != " " }))
        let different = try lines("diff", "--from", "\(position - 1)", "--to", "\(position)")
        #expect(different.count >= 3 && different[0].hasSuffix("is another one"), "\(different)")
        #expect(different.contains { $0.contains("paused: no \u{2192} yes") })
        #expect(different.last?.contains(pause) == true)
        let json = try lines("diff", "--from", "\(position - 1)", "--to", "\(position)", "--json")
        #expect(try JSONParser.parse(json[0])["events"]?.array?.first?["position"]?.integer == position)
        #expect(try run("diff", "--from", "5", "--to", "2").status == 2)
        let early = try run("state", "--at", "\(head + 1)")
        #expect(early.status == 1 && early.errors.contains("is not there yet: the journal ends at \(head)"))
        #expect(try run("state", "--at", "2999-01-01T00:00:00Z").status == 1)
    }

    @Test func `is told again without one event, and stays as it is`() async throws {
        try await ServerProcess(data: folder.path, arguments: ["--demo"]).end(with: SIGTERM)
        let before = try lines("state", "--digest")
        let without = try lines("replay", "--without", "1")
        #expect(without[0] == "Without this event:" && without[1].contains("registered"))
        #expect(without.contains { $0.contains("would now be:") })
        let json = try JSONParser.parse(try lines("replay", "--without", "1", "--json")[0])
        #expect(json["without"] == .null && json["now"] != .null)
        #expect(try run("replay", "--without", "99999").status == 1)
        #expect(try run("replay", "--without", "1", "--follow").status == 2)
        #expect(try lines("state", "--digest") == before)
        #expect(try Program.run(["audit", "verify"] + data).status == 0)
    }
}
