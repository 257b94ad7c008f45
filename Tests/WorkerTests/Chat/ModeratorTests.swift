import BotModules
import Domain
import Synchronization
import TestTools
import Testing

@testable import Worker

@Suite("Chat in a worker")
struct ModeratorTests {
    private static func words(
        _ action: String = "delete", exempt: JSON = [:], isEnabled: Bool = true, warning: String = ""
    ) -> FeedEntry {
        let config: JSON = [
            "blocked_words": ["buy"], "action": .string(action), "timeout_duration": 60,
            "warning_message": .string(warning),
        ]
        return Samples.module("acct_1", .wordFilter, isEnabled: isEnabled, config: config, exemptRoles: exempt)
    }

    @Test func `is judged, acted on and written down`() async throws {
        let stage = try ChatStage(Self.words())
        try await stage.running {
            stage.say("1", "hello")
            stage.say("2", "buy followers")
            await until { stage.outcomes == [.done] }
        }
        #expect(stage.platform.asked == [.delete(messageID: "2")])
        let record = try #require(stage.records.first)
        #expect((record.module, record.rule) == ("word_filter", "blocked_words"))
        #expect(record.matched == .init(text: "buy", range: 0..<3))
        #expect(stage.moderator.counts == .init(received: 2, hits: 1))
    }

    @Test func `deletes, silences and then says why`() async throws {
        let stage = try ChatStage(Self.words("timeout", warning: "No selling, {user}!"))
        try await stage.running {
            stage.say("1", "buy followers")
            await until { stage.outcomes.count == 3 }
        }
        #expect(Set(stage.platform.asked.map(\.name)) == [.delete, .timeout, .say] && stage.platform.asked.count == 3)
        #expect(stage.platform.asked.contains(.say(text: "No selling, User7!", replyTo: nil)))
    }

    @Test func `is acted on once, however often it comes`() async throws {
        let stage = try ChatStage(Self.words())
        try await stage.running {
            for _ in 0..<3 { stage.say("1", "buy") }
            await until { stage.outcomes == [.done] }
        }
        #expect(stage.moderator.counts == .init(received: 3, repeated: 2, hits: 1))
    }

    @Test func `is left alone when it is old`() throws {
        let stage = try ChatStage(Self.words())
        stage.say("1", "buy", ageSeconds: Moderator.ageMaxSeconds + 1)
        #expect(stage.moderator.counts == .init(received: 1, observed: 1))
        #expect(stage.records.isEmpty)
    }

    @Test func `is gone while the bot is paused, killed, disconnected or off its plan`() throws {
        let stage = try ChatStage(Self.words())
        let off = [
            (Samples.bot("acct_1", .twitch, isPaused: true), Samples.bot("acct_1", .twitch)),
            (Samples.bot("acct_1", .twitch, isConnected: false), Samples.bot("acct_1", .twitch)),
            (Samples.provider(.twitch, off: [.bot]), Samples.provider(.twitch)),
            (Samples.provider(.twitch, off: [.platform]), Samples.provider(.twitch)),
            (Samples.account("acct_1", plan: .free), Samples.account("acct_1")),
        ]
        for (number, (off, on)) in off.enumerated() {
            stage.put(off)
            stage.say("off \(number)", "buy")
            #expect(stage.moderator.counts.dropped == number + 1)
            stage.put(on)
            stage.say("on \(number)", "buy")
            #expect(stage.moderator.counts.hits == number + 1)
        }
    }

    @Test func `is not acted on when the bot is paused between the decision and the sending`() async throws {
        let stage = try ChatStage(Self.words())
        stage.say("1", "buy")
        stage.put(Samples.bot("acct_1", .twitch, isPaused: true))
        try await stage.running { await until { stage.outcomes == [.halted] } }
        #expect(stage.platform.asked.isEmpty)
    }

    @Test func `follows the settings as they change, and a config that becomes empty`() throws {
        let stage = try ChatStage(Self.words())
        stage.say("1", "buy")
        stage.put(Self.words(isEnabled: false))
        stage.say("2", "buy")
        stage.put(Self.words())
        stage.say("3", "buy")
        stage.put(Samples.module("acct_1", .wordFilter))
        stage.say("4", "buy")
        #expect(stage.moderator.counts.hits == 2)
    }

    @Test func `of exempt roles and of our own bot is left alone`() throws {
        let connected = Samples.bot("acct_1", .twitch).replacing(#""bot_user_id":null"#, #""bot_user_id":"99""#)
        let stage = try ChatStage(Self.words(exempt: ["vips": true]), connected)
        stage.say("1", "buy", by: .sample("1", roles: .vip))
        stage.say("2", "buy", by: .sample("2", roles: .broadcaster))
        stage.say("3", "buy", by: .sample("99"))
        #expect(stage.moderator.counts.hits == 0)
        stage.say("4", "buy", by: .sample("3", roles: .moderator))
        #expect(stage.moderator.counts.hits == 1)
    }

    @Test func `of an account that nobody knows is gone`() throws {
        let stage = try ChatStage(Self.words())
        stage.moderator.receive(.sample("1", "buy", in: .sample("1", account: "acct_9")))
        #expect(stage.moderator.counts == .init(received: 1, dropped: 1))
    }

    @Test func `that was only silently warned is written down`() throws {
        let stage = try ChatStage(Self.words("warn"))
        stage.say("1", "buy")
        #expect(stage.outcomes == [.observed])
        #expect(stage.records.first?.action == .warn)
    }

    @Test func `on a platform without credentials is written down, not acted on`() throws {
        let stage = try ChatStage(Self.words(), Samples.bot("acct_1", .kick))
        stage.moderator.receive(.sample("1", "buy", in: .sample("1", on: .kick), at: stage.now))
        #expect(stage.records.first?.problem == "this worker has no credentials for kick")
    }

    @Test func `silences again when the first timeout was not set`() async throws {
        let stage = try ChatStage(Self.words("timeout"))
        stage.platform.answer(.done(seconds: nil), .notActionable(reason: "concurrent"))
        try await stage.running {
            stage.say("1", "buy")
            await until { stage.outcomes.count == 2 }
            stage.say("2", "buy")
            await until { stage.outcomes.count == 4 }
        }
        // What one message brings is asked for side by side.
        let asked = stage.platform.asked.map(\.name)
        #expect(Set(asked.prefix(2)) == [.delete, .timeout] && Set(asked.dropFirst(2)) == [.delete, .timeout])
        #expect(asked.count == 4)
    }

    @Test func `settles its receipt when all is done, and says nothing twice`() async throws {
        let stage = try ChatStage(Self.words("timeout", warning: "No."))
        let settled = Mutex(0)
        stage.platform.hold(.sample("1"))
        try await stage.running {
            let receipt = MessageReceipt(isRepeated: true) { settled.withLock { $0 += 1 } }
            stage.moderator.receive(.sample("1", "buy", in: .sample("1"), at: stage.now), receipt: receipt)
            await until { stage.platform.asked.count == 2 }
            #expect(settled.withLock { $0 } == 0)
            stage.platform.release(.sample("1"))
            await until { settled.withLock { $0 } == 1 }
        }
        #expect(Set(stage.platform.asked.map(\.name)) == [.delete, .timeout] && stage.platform.asked.count == 2)
        stage.moderator.receive(
            .sample("2", "hello", in: .sample("1"), at: stage.now),
            receipt: MessageReceipt { settled.withLock { $0 += 1 } })
        #expect(settled.withLock { $0 } == 2)
    }

    @Test func `leaves no memory of channels that have fallen silent`() throws {
        let stage = try ChatStage(Samples.module("acct_1", .spamProtection))
        for index in 0..<1_000 {
            stage.moderator.receive(.sample("\(index)", in: .sample("c\(index)"), at: stage.now))
        }
        #expect(stage.moderator.channelCount == 1_000)
        stage.clock.advance(by: .seconds(31))
        stage.moderator.sweep()
        #expect(stage.moderator.channelCount == 0)
    }
}
