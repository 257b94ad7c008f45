import Domain
import TestTools
import Testing

@testable import Worker

@Suite("A command of the registry", .timeLimit(.minutes(1)))
struct CommandDeskTests {
    private static let so = Samples.command("so", says: "hi {user} on {platform}")

    private func command(
        _ response: String, role: CommandRole = .everyone, cooldown: Int = 0, user: Int = 0, enabled: Bool = true,
        platforms: [Platform] = Platform.allCases
    ) -> BotCommand.Definition {
        BotCommand.Definition(
            response: response, platforms: platforms, minimumRole: role, cooldownSeconds: cooldown,
            userCooldownSeconds: user, enabled: enabled)
    }

    /// Says lines, then one that is answered for certain; what else was answered, by the alphabet: a platform is asked
    /// for several things at once.
    private func answers(_ stage: ChatStage, _ body: () -> Void) async throws -> [String] {
        stage.put(Samples.command("last", says: "last"))
        try await stage.running {
            body()
            stage.say("last", "!last", by: .sample("last"))
            await until { stage.said.contains("last") }
            try await Task.sleep(for: .milliseconds(30))
        }
        return stage.said.filter { $0 != "last" }.sorted()
    }

    @Test func `is answered and written down`() async throws {
        let stage = try ChatStage(Self.so)
        try await stage.running {
            stage.say("m1", "!SO Bob")
            await until { stage.outcomes == [.done] }
        }
        #expect(stage.platform.asked == [.say(text: "hi User7 on Twitch", replyTo: nil)])
        let record = try #require(stage.records.first)
        #expect((record.module, record.rule, record.action) == ("bot_commands", "so", .say))
        #expect(record.messageID == "m1" && record.text == "!SO Bob" && record.author.id == "7")
    }

    @Test func `is not called by bots, by edits, by what is old or comes again`() async throws {
        let connected = Samples.bot("acct_1", .twitch).replacing(#""bot_user_id":null"#, #""bot_user_id":"99""#)
        let stage = try ChatStage(Self.so, connected)
        let answers = try await answers(stage) {
            stage.say("m1", "!so", by: .sample("99"))
            stage.say("m2", "!so", by: .sample(roles: .bot))
            stage.say("m3", "!so", ageSeconds: Moderator.ageMaxSeconds + 1)
            stage.say("m4", "!sooo")
            stage.say("m5", "so")
            var edit = ChatMessage.sample("m6", "!so", in: .sample("1"), at: stage.now)
            edit.isEdit = true
            stage.moderator.receive(edit)
            let again = ChatMessage.sample("m7", "!so", in: .sample("1"), at: stage.now)
            stage.moderator.receive(again, receipt: MessageReceipt(isRepeated: true) {})
            for _ in 0..<3 { stage.say("m8", "!so", by: .sample("8")) }
        }
        #expect(answers == ["hi User8 on Twitch"])
    }

    @Test func `is not answered when the line is taken down`() async throws {
        let words = Samples.module("acct_1", .wordFilter, config: ["blocked_words": ["buy"], "action": "delete"])
        let stage = try ChatStage(Self.so, words)
        #expect(try await answers(stage) { stage.say("m1", "!so buy") } == [])
        #expect(stage.platform.asked.contains(.delete(messageID: "m1")))
    }

    @Test func `is not answered while the bot may not act, and not made up for`() async throws {
        let stage = try ChatStage(Self.so)
        let answers = try await answers(stage) {
            let off = [
                (Samples.bot("acct_1", .twitch, isPaused: true), Samples.bot("acct_1", .twitch)),
                (Samples.provider(.twitch, off: [.bot]), Samples.provider(.twitch)),
                (Samples.account("acct_1", plan: .free), Samples.account("acct_1")),
            ]
            for (number, (off, on)) in off.enumerated() {
                stage.put(off)
                stage.say("off \(number)", "!so")
                stage.put(on)
            }
        }
        #expect(answers == [])
    }

    @Test(arguments: [true, false])
    func `is not answered when it is switched off between the call and the answer`(isDeleted: Bool) async throws {
        let stage = try ChatStage(Self.so)
        stage.say("m1", "!so")
        if isDeleted { stage.remove(Self.so) } else { stage.put(Samples.command("so", command("x", enabled: false))) }
        try await stage.running { await until { stage.outcomes == [.halted] } }
        #expect(stage.platform.asked.isEmpty)
        #expect(stage.records.first?.problem?.hasPrefix("the command was changed") == true)
    }

    @Test func `asks for its role, and for the global one's where that is higher`() async throws {
        let stage = try ChatStage(
            Samples.command("so", command("own", role: .subscriber)),
            Samples.command("so", of: nil, command("global", role: .vip)),
            Samples.command("fans", command("fans", role: .follower)))
        let answers = try await answers(stage) {
            stage.say("m1", "!so", by: .sample("1", roles: .subscriber))
            stage.say("m2", "!fans", by: .sample("2"))
            stage.say("m3", "!fans", by: .sample("3", roles: .subscriber))
            stage.say("m4", "!so", by: .sample("4", roles: .vip))
        }
        #expect(answers == ["fans", "own"])
    }

    @Test func `rests in one channel for everybody, and longer for who has called it`() async throws {
        let stage = try ChatStage(Samples.command("so", command("hi", cooldown: 5, user: 60)))
        let answers = try await answers(stage) {
            stage.say("m1", "!so", by: .sample("1"))
            stage.say("m2", "!so", by: .sample("2"))
            stage.moderator.receive(.sample("m3", "!so", in: .sample("2"), by: .sample("2"), at: stage.now))
            stage.clock.advance(by: .seconds(5))
            stage.say("m4", "!so", by: .sample("1"))
            stage.say("m5", "!so", by: .sample("2"))
        }
        #expect(answers == ["hi", "hi", "hi"])
        #expect(stage.plane.commands.restCount > 0)
        stage.clock.advance(by: .seconds(60))
        stage.plane.commands.sweep()
        #expect(stage.plane.commands.restCount == 0)
    }

    @Test func `of the account goes before the global one, also when it is off or for other platforms`() async throws {
        let globals = ["a", "b", "c", "d"].map { Samples.command($0, of: nil, says: "global \($0)") }
        let stage = try ChatStage(
            Samples.command("a", says: "own a"), Samples.command("b", command("own b", enabled: false)),
            Samples.command("c", command("own c", platforms: [.kick])),
            Samples.command("d", of: "acct_2", says: "another's d"))
        for global in globals { stage.put(global) }
        let answers = try await answers(stage) { for name in "abcd" { stage.say("\(name)", "!\(name)") } }
        #expect(answers == ["global d", "own a"])
        stage.remove(Samples.command("b", says: ""))
        #expect(stage.live.read { $0.set.command(CommandName(stored: "b"), of: .one)?.isOwn } == false)
    }

    @Test func `of which only damage came is not answered, nor is the global one in its place`() async throws {
        let stage = try ChatStage(
            Samples.command("a", of: nil, says: "global"), Samples.command("a", says: "x").saying("{}"),
            Samples.command("b", of: nil, says: "x").saying("{}"), Samples.command("b", says: "own"), Self.so)
        stage.put(Samples.command("so", says: "{colour}"))
        let answers = try await answers(stage) { for name in ["a", "b", "so"] { stage.say(name, "!\(name)") } }
        #expect(answers == ["hi User7 on Twitch"], "the last good value stays in use")
        #expect(stage.live.read { $0.set.nacks }.count == 3)
    }
}

extension ChatStage {
    /// What the bot was told to say, in order.
    var said: [String] {
        platform.asked.compactMap { if case .say(let text, _) = $0 { text } else { nil } }
    }
}
