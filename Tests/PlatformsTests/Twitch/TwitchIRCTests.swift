import Domain
import Platforms
import TestTools
import Testing
import PlatformStage

@Suite("Listening to Twitch by IRC", .timeLimit(.minutes(1)))
struct TwitchIRCTests {
    static func channel(_ room: FakeTwitch.Person) -> ChatChannel {
        ChatChannel(platform: .twitch, accountID: AccountID(stored: "acme"), id: room.id)
    }

    /// A fake, and a bot in the room "acme" of it.
    static func listening(
        _ settings: FakeTwitch.Settings = FakeTwitch.Settings(), isExpected: Bool = true,
        _ body: (FakeTwitch, TwitchIRC, EarLog, FakeTwitch.Person) async throws -> Void
    ) async throws {
        let twitch = try await FakeTwitch.start(settings)
        let room = twitch.room("acme"), log = EarLog()
        if !isExpected { twitch.revokeToken() }
        let ears = TwitchIRC(
            endpoints: twitch.endpoints, bot: twitch.credentials, rest: ReconnectRest(firstMax: .milliseconds(20)))
        ears.join(channel(room), login: room.login)
        await log.during(ears) {
            if isExpected { await until { log.aliveCount(room.id) > 0 } }
            try await body(twitch, ears, log, room)
        }
        await twitch.stop()
    }

    @Test func `hands over what is said, as it was said`() async throws {
        try await Self.listening { twitch, _, log, room in
            let bob = twitch.person("Bob"), moment = Timestamp(microseconds: 1_700_000_000_123_000)
            let id = twitch.say(
                "é @acme Kappa", by: bob, in: room, badges: ["moderator/1"], emotes: ["Kappa"],
                from: (twitch.room("other"), ["broadcaster/1"]), at: moment)
            await until { !log.messages.isEmpty }
            let expected = ChatMessage(
                channel: Self.channel(room), id: id,
                author: ChatUser(id: bob.id, login: "bob", name: "Bob", roles: .moderator), text: "é @acme Kappa",
                marks: [ChatMark(.mention, 3..<8), ChatMark(.emote, 9..<14)], sentAt: moment)
            #expect(log.messages == [expected])
        }
    }

    @Test func `joins and leaves at once`() async throws {
        try await Self.listening { twitch, ears, log, room in
            let second = twitch.room("second"), bob = twitch.person("bob")
            ears.join(Self.channel(second), login: second.login)
            await until { log.aliveCount(second.id) > 0 }
            twitch.say("both", by: bob, in: second)
            await until { log.texts == ["both"] }
            ears.leave(second.id)
            await until { twitch.irc.rooms == ["acme"] }
            ears.leave(room.id)
            await until { twitch.irc.connectionCount == 0 }
        }
    }

    @Test func `answers pings`() async throws {
        try await Self.listening { twitch, _, _, _ in
            twitch.irc.send("PING :are.you.there")
            await until { twitch.irc.lines.contains("PONG :are.you.there") }
        }
    }

    @Test(arguments: ["cut", "RECONNECT", "too long"])
    func `comes back to its rooms`(how: String) async throws {
        try await Self.listening { twitch, _, log, room in
            switch how {
            case "cut": twitch.irc.cut()
            case "RECONNECT": twitch.irc.send(":tmi.twitch.tv RECONNECT")
            default: twitch.irc.send(String(repeating: "x", count: 40_000))
            }
            await until { log.losses.count == 1 && log.aliveCount(room.id) > 1 }
            twitch.say("back", by: twitch.person("bob"), in: room)
            await until { log.texts == ["back"] }
        }
    }

    @Test func `survives whatever the other side says`() async throws {
        try await Self.listening { twitch, _, log, room in
            for line in ["", " ", "@", ":", "PRIVMSG", "@=;; :x PRIVMSG #acme", "\u{0}\u{1}", "PRIVMSG #acme :no tags"]
            {
                twitch.irc.send(line)
            }
            twitch.say("alive", by: twitch.person("bob"), in: room)
            await until { log.texts == ["alive"] }
            #expect(log.losses.isEmpty)
        }
    }

    @Test func `is told when nobody knows its token, and shows it to nobody`() async throws {
        try await Self.listening(isExpected: false) { twitch, ears, log, _ in
            await until { log.refusals == ["Login authentication failed"] }
            #expect(!"\(ears)\(twitch.irc.lines)".contains(twitch.credentials.token.exposed))
        }
    }

    @Test func `goes over TLS`() async throws {
        var settings = FakeTwitch.Settings()
        settings.tls = true
        try await Self.listening(settings) { twitch, _, log, room in
            twitch.say("secret", by: twitch.person("bob"), in: room)
            await until { log.texts == ["secret"] }
        }
    }
}
