import BotModules
import Domain
import Testing

@Suite("A command's answer")
struct CommandAnswerTests {
    private static let now = Timestamp(microseconds: 1_790_000_000_000_000)

    private func values(_ name: String = "Ana", login: String = "ana") -> CommandAnswer.Values {
        CommandAnswer.Values(
            user: ChatUser(id: "1", login: login, name: name), channelName: "Aurora", platform: .youtube, now: Self.now)
    }

    private func answer(_ response: String, _ type: BotCommand.ResponseType = .template) throws -> CommandAnswer {
        try #require(CommandAnswer(BotCommand.Definition(responseType: type, response: response)))
    }

    @Test func `of text is said as it is written`() throws {
        #expect(try answer("{user} {", .text).text(values()) == "{user} {")
    }

    @Test func `of a template has its variables filled in`() throws {
        var values = values()
        (values.count, values.stream) = (7, .live(since: Self.now.adding(seconds: -7_530)))
        let answer = try answer("{user} in {channel} on {platform}: {count}, {uptime}, {random:a,b,c}")
        #expect(answer.text(values, pick: { $0 - 1 }) == "Ana in Aurora on YouTube: 7, 2 h 5 min, c")
    }

    @Test(arguments: [
        (StreamState.live(since: now.adding(seconds: -59)), "0 min"), (.live(since: now.adding(seconds: 60)), "0 min"),
        (.live(since: now.adding(seconds: -3_599)), "59 min"),
        (.live(since: now.adding(seconds: -90_000)), "25 h 0 min"),
        (.offline, "offline"), (.unknown, "unknown"),
    ])
    func `says since when the channel is live, as far as it is known`(stream: StreamState, text: String) throws {
        var values = values()
        values.stream = stream
        #expect(try answer("{uptime}").text(values) == text)
    }

    @Test func `says so when nobody has counted`() throws {
        #expect(try answer("death {count}").text(values()) == "death ?")
    }

    @Test func `of an automation is not ours`() {
        #expect(CommandAnswer(BotCommand.Definition(responseType: .automation, response: "shout")) == nil)
    }

    @Test func `is never filled in twice`() throws {
        #expect(try answer("hi {user}").text(values("a{channel}{count}")) == "hi a{channel}{count}")
    }

    @Test(arguments: [
        ("!ban bob", "ban bob"), ("/ban bob", "ban bob"), (".timeout", "timeout"), (" !so", "so"),
        ("@everyone", "everyone"), ("<@123>", "123"), ("A@B", "AB"), ("Ana\u{202E}\u{0}\n", "Ana"), ("_ana_", "_ana_"),
        ("Žofie ❤️", "Žofie ❤️"), ("\u{5D0}\u{5E0}\u{5D4}", "\u{5D0}\u{5E0}\u{5D4}"), ("@!<>", "ana"), ("", "ana"),
        ("\u{200B}!so", "so"),
        (String(repeating: "x", count: 200), String(repeating: "x", count: SpokenName.lengthMax)),
    ])
    func `names people by a name that does nothing`(name: String, said: String) throws {
        #expect(try answer("{user}").text(values(name)) == said)
    }

    @Test func `names somebody who has no name that can be said`() throws {
        #expect(try answer("{user}!").text(values("@", login: "\u{200B}")) == "somebody!")
        var values = values()
        values.channelName = ""
        #expect(try answer("{channel}").text(values) == "this channel")
    }
}
