import BotModules
import Domain
import Testing

@Suite("A command's cooldowns")
struct CommandCooldownsTests {
    /// The cooldowns of one channel, by a clock in seconds.
    private final class Channel {
        var cooldowns = CommandCooldowns()
        private let start = ContinuousClock.now

        var count: Int { cooldowns.count }

        func take(
            _ command: BotCommand.Definition, by user: String = "a", at second: Int, _ name: String = "so"
        ) -> Bool {
            cooldowns.take(CommandName(stored: name), command, by: user, at: start + .seconds(second))
        }

        func sweep(at second: Int) { cooldowns.sweep(at: start + .seconds(second)) }
    }

    private let channel = Channel()

    private func command(_ seconds: Int = 0, user: Int = 0) -> BotCommand.Definition {
        BotCommand.Definition(response: "x", cooldownSeconds: seconds, userCooldownSeconds: user)
    }

    @Test func `are of everybody, and of each user`() {
        let command = command(5, user: 60)
        #expect(channel.take(command, by: "a", at: 0) && !channel.take(command, by: "b", at: 4))
        #expect(channel.take(command, by: "b", at: 5) && !channel.take(command, by: "a", at: 59))
        #expect(channel.take(command, by: "a", at: 60))
        #expect(channel.take(command, by: "a", at: 60, "other"), "each command has its own")
    }

    @Test func `begin with an answer, not with a call that gets none`() {
        let command = command(10)
        #expect(channel.take(command, at: 0) && !channel.take(command, at: 9) && channel.take(command, at: 10))
    }

    @Test func `are those of today when they were changed`() {
        #expect(channel.take(command(3_600, user: 3_600), at: 0))
        #expect(!channel.take(command(7, user: 6), at: 6))
        #expect(channel.take(command(5, user: 6), at: 6))
    }

    @Test func `or none, a channel gets so many answers a minute`() {
        for number in 0..<CommandCooldowns.answersMax {
            #expect(channel.take(command(), by: "\(number)", at: number))
        }
        #expect(!channel.take(command(), by: "z", at: 59))
        #expect(channel.take(command(), by: "z", at: 60))
        #expect(!channel.take(command(), by: "z", at: 60))
    }

    @Test func `are forgotten when they are over`() {
        let command = command(5, user: 90)
        #expect(channel.take(command, at: 0))
        channel.sweep(at: 89)
        #expect(channel.count == 1 && !channel.take(command, at: 89))
        channel.sweep(at: 90)
        #expect(channel.count == 0)
    }

    @Test func `of more people than fit are let go, the command's own never`() {
        let day = BotCommand.cooldownSecondsMax, people = 3 * CommandCooldowns.restsMax
        #expect(channel.take(command(day), at: 0, "rare"))
        var answered = 0, countMax = 0
        for number in 0..<people {
            answered += channel.take(command(user: day), by: "\(number)", at: 4 * number) ? 1 : 0
            countMax = max(countMax, channel.count)
        }
        #expect(answered == people)
        #expect(countMax <= CommandCooldowns.restsMax + CommandCooldowns.answersMax)
        #expect(!channel.take(command(day), by: "b", at: 4 * people, "rare"))
        #expect(!channel.take(command(user: day), by: "\(people - 1)", at: 4 * people + 60), "the latest stays")
    }
}
