import Domain
import Foundation
import Testing

/// What an author does, with the real program and the real sandbox.
@Suite("The author's command line", .serialized, .timeLimit(.minutes(2)))
struct ExtensionCommandTests {
    private let folder = TemporaryFolder()

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func example(_ name: String) -> String { root.appendingPathComponent("Examples/\(name)").path }

    static func line(_ id: String, _ text: String, _ login: String = "ada", roles: String = "", second: Int) -> String {
        let time = Timestamp(microseconds: 1_790_000_000_000_000).adding(seconds: Double(second))
        return """
            {"platform":"twitch","account_id":"a","channel_id":"1","message_id":"\(id)","user":{"id":"\(login)",\
            "login":"\(login)","name":"\(login)","roles":[\(roles)]},"text":"\(text)","sent_at":"\(time)"}
            """
    }

    private func write(_ name: String, _ text: String) throws -> String {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let path = folder.path + "/" + name
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func run(_ example: String, _ lines: String..., arguments: [String] = []) throws -> (calls: [JSON], Int32) {
        let input = try write("chat.ndjson", lines.joined(separator: "\n"))
        let outcome = try Program.run(["extension", "run", Self.example(example), "--input", input] + arguments)
        let calls = try outcome.output.split(separator: "\n").map { try JSONParser.parse(String($0)) }
        return (calls, outcome.status)
    }

    private func actions(_ calls: [JSON]) -> [JSON] { calls.flatMap { $0["actions"]?.array ?? [] } }

    @Test func `begins with a module that is ready as it is`() throws {
        let path = folder.path + "/mine"
        #expect(try Program.run(["extension", "init", path, "--name", "Höfe \"1\""]).status == 0)
        let check = try Program.run(["extension", "check", path])
        #expect(check.status == 0, "\(check.errors)")
        #expect(FileManager.default.fileExists(atPath: path + "/lumio-bot.d.ts"))
        let again = try Program.run(["extension", "init", path])
        #expect(again.status == 3 && again.errors.contains("is there already"))
    }

    @Test(arguments: ["ranks", "giveaway", "moderator"])
    func `finds the examples ready, and packs them the same each time`(name: String) throws {
        let check = try Program.run(["extension", "check", Self.example(name)])
        #expect(check.status == 0, "\(check.errors)")
        let packs = try (0..<2).map { _ in try Program.run(["extension", "pack", Self.example(name)]) }
        #expect(packs[0].status == 0 && packs[0].output == packs[1].output)
        #expect(try JSONParser.parse(packs[0].output.trimmingCharacters(in: .newlines))["files"]?["main.js"] != nil)
    }

    @Test func `counts points`() throws {
        let (calls, status) = try run(
            "ranks", Self.line("1", "hello", second: 0), Self.line("2", "hi", "bob", second: 1),
            Self.line("3", "again", second: 2), Self.line("4", "!rank", second: 3), Self.line("5", "!top", second: 4))
        #expect(status == 0)
        #expect(
            actions(calls) == [
                ["type": "reply", "text": "ada, you have 2 points."],
                ["type": "say", "text": "1. ada (2) · 2. bob (1)"],
            ])
    }

    @Test func `gives something away`() throws {
        let mod = #""moderator""#
        let (calls, status) = try run(
            "giveaway", Self.line("1", "!giveaway", second: 0),
            Self.line("2", "!giveaway a mug", "m", roles: mod, second: 1),
            Self.line("3", "enter", second: 2), Self.line("4", "ENTER me", second: 3),
            Self.line("5", "later", second: 400), Self.line("6", "!draw", "m", roles: mod, second: 401))
        #expect(status == 0)
        #expect(
            actions(calls).map { $0["text"]?.string } == [
                "A giveaway for a mug is open: say enter!", "There is a mug to win: say enter! 1 are in.",
                "ada wins a mug! Congratulations!",
            ])
    }

    @Test func `moderates as the settings say, and spares who is exempt`() throws {
        let config = try write("config.json", #"{"strikes": 1, "timeout_seconds": 5, "blocked": ["spam"]}"#)
        let (calls, status) = try run(
            "moderator", Self.line("1", "SPAM", second: 0), Self.line("2", "spam", "vip", roles: #""vip""#, second: 1),
            Self.line("3", "more spam", second: 2),
            #"{"event":"twitch:raid","user":{"login":"eve"},"data":{"viewers":7}}"#,
            arguments: ["--config", config])
        #expect(status == 0)
        #expect(
            actions(calls) == [
                ["type": "delete"], ["type": "delete"],
                ["type": "timeout", "seconds": 5, "reason": #"the phrase "spam" is blocked"#],
                ["type": "say", "text": "Welcome, eve and 7 friends!"],
            ])
    }

    @Test func `refuses settings with all reasons`() throws {
        let config = try write("bad.json", #"{"strikes": 99, "timeout_seconds": "5", "colour": 1}"#)
        let input = try write("chat.ndjson", "")
        let outcome = try Program.run(
            ["extension", "run", Self.example("moderator"), "--input", input, "--config", config])
        #expect(outcome.status == 1)
        for name in ["strikes", "timeout_seconds", "colour"] { #expect(outcome.errors.contains(name)) }
    }

    @Test func `says everything that is wrong with a module`() throws {
        let path = folder.path + "/wrong"
        _ = try Program.run(["extension", "init", path])
        let manifest = try String(contentsOfFile: path + "/lumio.config.json", encoding: .utf8)
        func change(_ old: String, _ new: String) throws {
            try manifest.replacing(old, with: new).write(
                toFile: path + "/lumio.config.json", atomically: true, encoding: .utf8)
        }
        try change(#""command": "hello""#, #""command": "hallo""#)
        let lies = try Program.run(["extension", "check", path])
        #expect(lies.status == 1 && lies.errors.contains("the program declares hello as"))
        try change(#""0.1.0""#, #""one""#)
        #expect(try Program.run(["extension", "check", path]).status == 1)
        try manifest.write(toFile: path + "/lumio.config.json", atomically: true, encoding: .utf8)
        try "import { command } from '@lumio/bot'; command(".write(
            toFile: path + "/main.js", atomically: true, encoding: .utf8)
        let broken = try Program.run(["extension", "check", path])
        #expect(broken.status == 1 && broken.errors.contains("SyntaxError"), "\(broken.errors)")
        #expect(try Program.run(["extension", "check", folder.path + "/nowhere"]).status == 3)
        #expect(try Program.run(["extension", "run", path]).status == 2)
    }
}
