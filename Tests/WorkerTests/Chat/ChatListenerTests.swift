import Domain
import Platforms
import TestTools
import Testing

@testable import Worker

@Suite("A worker's ears")
struct ChatListenerTests {
    private let ears = ScriptedEars()

    @Test func `are in the channels of the bots that may act, at once`() async throws {
        let stage = try ChatStage(ears: ears)
        try await stage.running {
            await until { ears.rooms == ["1"] }
            #expect(ears.log == ["join 1 aurora"])
            stage.put(Samples.bot("acct_1", .twitch, isPaused: true))
            await until { ears.rooms.isEmpty }
            stage.put(Samples.bot("acct_1", .twitch))
            await until { ears.rooms == ["1"] }
            stage.put(Samples.provider(.twitch, off: [.bot]))
            await until { ears.rooms.isEmpty }
            stage.put(Samples.provider(.twitch))
            await until { ears.rooms == ["1"] }
            stage.put(Samples.account("acct_1", plan: .free))
            await until { ears.rooms.isEmpty }
        }
    }

    @Test func `move with a bot to another channel`() async throws {
        let stage = try ChatStage(ears: ears)
        try await stage.running {
            await until { ears.rooms == ["1"] }
            stage.put(Samples.bot("acct_1", .twitch).replacing(#""channel_id":"1""#, #""channel_id":"2""#))
            await until { ears.rooms == ["2"] }
        }
    }

    @Test func `hear what is said, and that the bot lives`() async throws {
        let stage = try ChatStage(
            Samples.module("acct_1", .wordFilter, config: ["blocked_words": ["buy"]]), ears: ears)
        let channel = ChatChannel.sample("1")
        try await stage.running {
            await until { ears.isHeard && ears.rooms == ["1"] }
            await ears.happens(.message(.sample("m", "buy", in: channel, at: stage.now)))
            await until { stage.platform.asked == [.delete(messageID: "m")] }
            await ears.happens(.alive(channel, at: stage.now))
            #expect(stage.beats == [channel])
            await ears.happens(.lost(channel, reason: "closed"))
            await ears.happens(.refused(channel, reason: "403"))
            #expect(stage.troubles.map(\.trouble) == ["closed", "403"] && stage.beats == [channel])
        }
    }

    @Test func `are only where the bot is this worker's`() async throws {
        let stage = try ChatStage(authority: NobodysAuthority(), ears: ears)
        try await stage.running {
            await until { ears.isHeard && stage.clock.sleeperCount > 2 }
            stage.clock.advance(by: .seconds(3))
            await until { stage.clock.sleeperCount > 2 }
        }
        #expect(ears.log.isEmpty)
    }

    /// Somebody else has them all.
    private struct NobodysAuthority: LeaseAuthority {
        func renew(_ bots: [BotName], for term: Duration) async throws -> [BotName: Int] { [:] }
        func holds(_ bot: BotName, _ fence: Int) async throws -> Bool { false }
        func release(_ bots: [BotName: Int]) async throws {}
    }
}
