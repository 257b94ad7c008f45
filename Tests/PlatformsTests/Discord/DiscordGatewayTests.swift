import Domain
import PlatformStage
import Platforms
import TestTools
import Testing

@Suite("Listening to Discord", .timeLimit(.minutes(1)))
struct DiscordGatewayTests {
    /// A fake, and a bot that listens to its whole server; begins when it is heard.
    static func listening(
        roles: DiscordRoleNames = DiscordRoleNames(),
        _ body: (FakeDiscord, any ChatListening, EarLog) async throws -> Void
    ) async throws {
        let discord = try await FakeDiscord.start(), client = APIClient(), log = EarLog()
        let bot = BotCredentials(
            access: BotToken(Secret(discord.token)), userID: discord.bot.id, login: discord.bot.name)
        let ears = Discord.connection(
            client, endpoints: discord.endpoints, bot: bot, roles: roles,
            rest: ReconnectRest(firstMax: .milliseconds(20)), identifyEvery: .milliseconds(10)
        ).ears
        ears.join(channel(FakeDiscord.guildID), login: "")
        await log.during(ears) { try await body(discord, ears, log) }
        await client.close()
        await discord.stop()
    }

    static func channel(_ id: String) -> ChatChannel {
        ChatChannel(platform: .discord, accountID: AccountID(stored: "acme"), id: id)
    }

    static func live(_ log: EarLog, above count: Int = 0) async {
        await until { log.aliveCount(FakeDiscord.guildID) > count }
    }

    @Test func `hears every channel of a server, and says which it was`() async throws {
        try await Self.listening { discord, _, log in
            await Self.live(log)
            let id = discord.say("hey <@1000> <:kekw:37> <a:b:3> <x:1> <@> 1 < 2", by: "Bob")
            await until { log.messages.count == 1 }
            #expect(log.messages.first?.channel == Self.channel(FakeDiscord.channelID))
            #expect(log.messages.first?.id == id)
            #expect(
                log.messages.first?.marks == [
                    ChatMark(.mention, 4..<11), ChatMark(.emote, 12..<22), ChatMark(.emote, 23..<30),
                ])
        }
    }

    @Test func `takes VIPs and subscribers from the roles that are named so`() async throws {
        let roles = DiscordRoleNames(vips: ["801"], subscribers: ["802", "803"])
        try await Self.listening(roles: roles) { discord, _, log in
            await Self.live(log)
            discord.give("801", to: "vera")
            discord.give("803", to: "sam")
            for name in ["vera", "sam", "bob"] { discord.say(name, by: name) }
            await until { log.messages.count == 3 }
            #expect(log.messages.map(\.author.roles) == [.vip, .subscriber, []])
        }
    }

    @Test func `judges the new text of an edited message, once`() async throws {
        try await Self.listening { discord, _, log in
            await Self.live(log)
            let id = discord.say("hello", by: "bob")
            discord.say("buy now", by: "bob", edits: id)
            discord.repeatLast()
            discord.say("end", by: "bob")
            await until { log.texts.contains("end") }
            #expect(log.messages.map(\.text) == ["hello", "buy now", "end"])
            #expect(log.messages.map(\.isEdit) == [false, true, false])
            #expect(log.messages.map(\.id).prefix(2) == [id, id])
        }
    }

    @Test func `goes on with its session after a break, and misses nothing`() async throws {
        try await Self.listening { discord, _, log in
            await Self.live(log)
            discord.say("before", by: "bob")
            await until { log.texts == ["before"] }
            discord.cut()
            discord.say("meanwhile", by: "bob")
            await until { log.texts == ["before", "meanwhile"] }
            #expect(discord.counts.identifies == 1)
            #expect(discord.counts.resumes >= 1)
        }
    }

    @Test(arguments: [4000, 4001, 4002, 4005, 4008, 1001])
    func `goes on with its session after a close that allows it`(code: Int) async throws {
        try await Self.listening { discord, _, log in
            await Self.live(log)
            discord.close(code: code)
            await until { discord.counts.resumes == 1 }
            #expect(discord.counts.identifies == 1)
            discord.say("back", by: "bob")
            await until { log.texts == ["back"] }
        }
    }

    @Test(arguments: [4003, 4007, 4009])
    func `begins a new session after a close that ends the old`(code: Int) async throws {
        try await Self.listening { discord, _, log in
            await Self.live(log)
            discord.close(code: code)
            await until { discord.counts.identifies == 2 }
            #expect(discord.counts.resumes == 0)
            let count = log.aliveCount(FakeDiscord.guildID)
            await Self.live(log, above: min(count, 1))
            discord.say("back", by: "bob")
            await until { log.texts.contains("back") }
        }
    }

    @Test(arguments: [4004, 4010, 4011, 4012, 4013, 4014])
    func `knocks no more after a close that only people can mend`(code: Int) async throws {
        try await Self.listening { discord, _, log in
            await Self.live(log)
            discord.refuse(with: code)
            discord.forgetSessions()
            discord.cut()
            await until { !log.refusals.isEmpty }
            #expect(log.refusals.first?.contains("(\(code))") == true)
            let count = discord.counts.identifies
            try await Task.sleep(for: .milliseconds(300))
            #expect(discord.counts.identifies == count)
        }
    }

    @Test(arguments: [JSON.object([.init("op", 7), .init("d", .null)]), ["op": 9, "d": true]])
    func `goes on with its session when Discord asks for another socket`(order: JSON) async throws {
        try await Self.listening { discord, _, log in
            await Self.live(log)
            discord.send(order)
            await until { discord.counts.resumes == 1 }
            #expect(discord.counts.identifies == 1)
        }
    }

    @Test func `begins a new session when Discord has ended it`() async throws {
        try await Self.listening { discord, _, log in
            await Self.live(log)
            discord.send(["op": 9, "d": false])
            await until { discord.counts.identifies == 2 }
            #expect(discord.counts.resumes == 0)
        }
    }

    @Test func `finds out that it is deaf when no heartbeat is answered`() async throws {
        let discord = try await FakeDiscord.start(), client = APIClient(), log = EarLog()
        discord.beat(everyMilliseconds: 150, isAnswered: false)
        let bot = BotCredentials(
            access: BotToken(Secret(discord.token)), userID: discord.bot.id, login: discord.bot.name)
        let ears = Discord.connection(
            client, endpoints: discord.endpoints, bot: bot, rest: ReconnectRest(firstMax: .milliseconds(20))
        ).ears
        ears.join(Self.channel(FakeDiscord.guildID), login: "")
        await log.during(ears) {
            await until { log.losses.contains("a heartbeat was not answered") }
            discord.beat(everyMilliseconds: 150)
            await until { discord.counts.resumes >= 1 }
        }
        await client.close()
        await discord.stop()
    }

    @Test func `says when messages come without their text`() async throws {
        try await Self.listening { discord, _, log in
            await Self.live(log)
            discord.hideContent()
            for _ in 0..<20 { discord.say("unseen", by: "bob") }
            await until { !log.refusals.isEmpty }
            #expect(log.refusals.first?.contains("Message Content Intent") == true)
        }
    }

    @Test func `says when the bot is in no such server, and when it was taken out of it`() async throws {
        try await Self.listening { discord, ears, log in
            await Self.live(log)
            discord.emit("GUILD_DELETE", ["id": .string(FakeDiscord.guildID), "unavailable": true])
            await until { !log.losses.isEmpty }
            #expect(log.refusals.isEmpty)
        }
        try await Self.listening { discord, ears, log in
            await Self.live(log)
            discord.emit("GUILD_DELETE", ["id": .string(FakeDiscord.guildID)])
            await until { !log.refusals.isEmpty }
            #expect(log.refusals == ["the bot was taken out of the server: invite it"])
        }
    }

    @Test func `begins no session when Discord lets none be begun`() async throws {
        let discord = try await FakeDiscord.start(), client = APIClient(), log = EarLog()
        discord.setSessionsRemaining(0)
        let bot = BotCredentials(
            access: BotToken(Secret(discord.token)), userID: discord.bot.id, login: discord.bot.name)
        let ears = Discord.connection(client, endpoints: discord.endpoints, bot: bot).ears
        ears.join(Self.channel(FakeDiscord.guildID), login: "")
        await log.during(ears) {
            await until { !log.losses.isEmpty }
            #expect(log.losses == ["Discord lets no more sessions be begun for 14400 s"])
            #expect(discord.counts.identifies == 0)
        }
        await client.close()
        await discord.stop()
    }
}
