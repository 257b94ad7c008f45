import Domain
import PlatformStage
import TestTools
import Testing

@testable import Platforms

@Suite("What happens on Discord besides chat", .timeLimit(.minutes(1)))
struct DiscordEventsTests {
    @Test func `is told to everybody who has a bot in the server, once, and after a break as well`() async throws {
        let bench = try await DiscordBench(), log = EarLog()
        let other = ChatChannel(
            platform: .discord, accountID: AccountID(stored: "other"), id: FakeDiscord.guildID)
        bench.ears.join(bench.channel, login: "")
        bench.ears.join(other, login: "")
        await log.during(bench.ears) {
            await until { log.aliveCount(bench.channel.id) > 0 && log.aliveCount(other.id) > 0 }
            bench.happens(.ban, by: "eve", isWhole: true)
            await until { log.happened.count == 2 }
            #expect(Set(log.happened.map(\.channel)) == [bench.channel, other])
            #expect(Set(log.happened.map(\.id)).count == 2)
            bench.cutEars()
            bench.happens(.ban, by: "mallory", isWhole: true)
            await until { log.happened.count == 4 }
            // Somebody may be banned twice.
            bench.happens(.ban, by: "eve", isWhole: true)
            await until { log.happened.count == 6 }
        }
        #expect(log.happened.count == 6 && log.happened.allSatisfy { $0.data == ["isPermanent": true] })
        await bench.stop()
    }
}
