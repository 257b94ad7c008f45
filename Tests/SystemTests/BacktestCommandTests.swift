import Domain
import Foundation
import Testing

@Suite("The command backtest", .serialized)
struct BacktestCommandTests {
    private let folder = TemporaryFolder()

    private func write(_ name: String, _ text: String) throws -> String {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let path = folder.path + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func settings(_ name: String, _ words: String) throws -> String {
        try write(name, #"{"word_filter": {"enabled": true, "config": {"blocked_words": [\#(words)]}}}"#)
    }

    private static func message(_ number: Int, _ text: String) -> String {
        """
        {"platform": "twitch", "channel_id": "c", "message_id": "m\(number)", "user": {"id": "7", "login": "ann"}, \
        "text": "\(text)", "sent_at": "2026-11-21T10:00:0\(number)Z"}
        """
    }

    private func chat() throws -> String {
        let lines = [
            Self.message(0, "hello"), Self.message(1, "buy now"), "{", "", Self.message(2, "a scam"),
            #"{"platform": "mars"}"#, Self.message(3, "buy scam"),
        ]
        return try write("chat.ndjson", lines.joined(separator: "\n"))
    }

    private func lines(_ outcome: Program.Outcome) throws -> [JSON] {
        try outcome.output.split(separator: "\n").map { try JSONParser.parse(Array($0.utf8)) }
    }

    @Test func `prints a line for each hit, and names the lines that it cannot read`() throws {
        let outcome = try Program.run(
            ["backtest", "--settings", settings("a.json", #""buy""#), "--input", chat()])
        #expect(outcome.status == 0)
        let hits = try lines(outcome)
        #expect(hits.map { $0["message_id"] } == ["m1", "m3"])
        #expect(hits.allSatisfy { $0["user"] == "ann" && $0["verdict"]?["module"] == "word_filter" })
        #expect(hits.allSatisfy { $0["verdict"]?["action"] == "delete" && $0["against"] == nil })
        #expect(outcome.errors.contains("line 3 of") && outcome.errors.contains("line 6 of"))
        #expect(outcome.errors.contains("2 lines") && outcome.errors.contains("4 messages, 2 hits (word_filter 2)"))
    }

    @Test func `prints every message when it is asked to`() throws {
        let outcome = try Program.run(
            ["backtest", "--settings", settings("a.json", #""buy""#), "--input", chat(), "--all"])
        #expect(try lines(outcome).map { $0["verdict"] == .null } == [true, false, true, false])
    }

    @Test func `compares two settings, and sums up for machines`() throws {
        let outcome = try Program.run(
            [
                "backtest", "--settings", settings("a.json", #""buy""#), "--against", settings("b.json", #""scam""#),
                "--input", chat(), "--json",
            ])
        let differing = try lines(outcome)
        #expect(differing.map { $0["message_id"] } == ["m1", "m2"])
        #expect(differing.first?["against"] == .null && differing.last?["verdict"] == .null)
        #expect(differing.last?["against"]?["rule"] == "blocked_words")
        let last = outcome.errors.split(separator: "\n").last ?? ""
        let summary = try JSONParser.parse(Array(last.utf8))
        #expect(summary["messages"] == 4 && summary["differing"] == 2 && summary["unreadable_lines"] == 2)
        #expect(summary["current"]?["by_module"] == ["word_filter": 2])
    }

    @Test func `reads Twitch's lines`() throws {
        let lines = [
            "@id=1;room-id=9;user-id=7;tmi-sent-ts=1700000000000 :ann!ann@ann PRIVMSG #c :buy now",
            "@room-id=9 :tmi.twitch.tv ROOMSTATE #c", ":ann!ann@ann PRIVMSG #c :no tags",
        ]
        let input = try write("chat.irc", lines.joined(separator: "\r\n"))
        let outcome = try Program.run(
            ["backtest", "--settings", settings("a.json", #""buy""#), "--input", input, "--format", "irc"])
        #expect(outcome.status == 0 && outcome.output.contains(#""message_id":"1""#))
        #expect(outcome.errors.contains("line 3 of") && !outcome.errors.contains("line 2 of"))
    }

    @Test func `says everything that is wrong with the settings`() throws {
        let bad = try write(
            "bad.json",
            #"{"word_filter": {"config": {"action": "shout", "blocked_patterns": ["("]}, "on": 1}, "spam": {}}"#)
        let outcome = try Program.run(["backtest", "--settings", bad, "--input", chat()])
        #expect(outcome.status == 2 && outcome.output.isEmpty)
        for part in ["word_filter.config.action", "word_filter.config.blocked_patterns", "word_filter.on", "spam "] {
            #expect(outcome.errors.contains(part), "\(part): \(outcome.errors)")
        }
        let settings = try settings("a.json", "")
        #expect(try Program.run(["backtest", "--settings", write("x.json", "{"), "--input", "-"]).status == 2)
        #expect(try Program.run(["backtest", "--settings", folder.path + "/none", "--input", "-"]).status == 3)
        #expect(try Program.run(["backtest", "--settings", settings, "--input", folder.path + "/none"]).status == 3)
        #expect(try Program.run(["backtest", "--settings", settings]).status == 2)
    }
}
