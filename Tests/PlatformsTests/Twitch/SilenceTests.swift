import Domain
import Platforms
import TestTools
import Testing
import PlatformStage

@Suite("A silent Twitch", .timeLimit(.minutes(1)))
struct SilenceTests {
    static let channel = ChatChannel(platform: .twitch, accountID: AccountID(stored: "acme"), id: "7")
    static let bot = TwitchCredentials(clientID: "client-id", token: "some-token", userID: "1", login: "bot")

    @Test func `is given up by EventSub when it says no welcome`() async throws {
        let server = try await MuteServer(), clock = HandClock(), log = EarLog()
        var endpoints = TwitchEndpoints()
        endpoints.eventSub = "ws://127.0.0.1:\(server.port)/ws"
        let client = HelixClient(endpoints: endpoints, clock: clock.chat)
        let ears = TwitchEventSub(client: client, bot: Self.bot, channels: [Self.channel], rest: ReconnectRest { 0 })
        await log.during(ears) {
            await until { clock.nextWake == .seconds(10) }
            clock.advance(by: .seconds(10))
            await until { clock.nextWake == .milliseconds(500) }
            #expect(log.events == [.lost(Self.channel, reason: "no welcome within 10.0 seconds")])
            clock.advance(by: .milliseconds(500))
            await until { clock.nextWake == .seconds(10) }
        }
        await client.close()
        await server.stop()
    }

    @Test func `is given up by EventSub when it says nothing any more`() async throws {
        var settings = FakeTwitch.Settings()
        settings.sendsKeepalives = false
        let twitch = try await FakeTwitch.start(settings), clock = HandClock(), log = EarLog()
        let room = twitch.room("acme")
        let channel = ChatChannel(platform: .twitch, accountID: AccountID(stored: "acme"), id: room.id)
        let client = HelixClient(endpoints: twitch.endpoints, clock: clock.chat)
        let ears = TwitchEventSub(
            client: client, bot: twitch.credentials, channels: [channel], rest: ReconnectRest { 0 })
        await log.during(ears) {
            await until { log.aliveCount(room.id) == 1 }
            clock.advance(by: .seconds(11))
            twitch.eventSub.keepalive()
            await until { log.aliveCount(room.id) == 2 }
            // The alarm of before the keepalive finds that something was heard, and is set again.
            clock.advance(by: .seconds(1))
            await until { clock.nextWake == .seconds(11) }
            clock.advance(by: .seconds(11))
            await until { log.losses == ["nothing was heard for 10.0 seconds"] }
            await until { clock.nextWake == .milliseconds(500) }
            clock.advance(by: .milliseconds(500))
            await until { log.aliveCount(room.id) == 3 }
        }
        await client.close()
        await twitch.stop()
    }

    @Test func `is given up by IRC when it lets nobody in`() async throws {
        let server = try await MuteServer(), clock = HandClock(), log = EarLog()
        var endpoints = TwitchEndpoints()
        endpoints.irc = "irc://127.0.0.1:\(server.port)"
        let ears = TwitchIRC(endpoints: endpoints, bot: Self.bot, clock: clock.chat)
        ears.join(Self.channel, login: "acme")
        await log.during(ears) {
            await until { clock.nextWake == .seconds(15) }
            clock.advance(by: .seconds(15))
            await until { log.losses == ["no login within 15.0 seconds"] }
        }
        await server.stop()
    }

    @Test(arguments: ["ws://127.0.0.1:1/ws", "no address", "ws://", "http://127.0.0.1:1"])
    func `is not where EventSub looks for it`(address: String) async throws {
        let clock = HandClock(), log = EarLog()
        var endpoints = TwitchEndpoints()
        endpoints.eventSub = address
        let client = HelixClient(endpoints: endpoints, clock: clock.chat)
        let ears = TwitchEventSub(client: client, bot: Self.bot, channels: [Self.channel])
        await log.during(ears) { await until { log.losses.count == 1 } }
        await client.close()
    }

    /// Twitch closes what carries nothing; the subscriptions fail all the time.
    @Test func `comes after subscriptions that cannot be made`() async throws {
        var settings = FakeTwitch.Settings()
        settings.subscribeWithin = .milliseconds(300)
        let twitch = try await FakeTwitch.start(settings), log = EarLog()
        let room = twitch.room("acme")
        let channel = ChatChannel(platform: .twitch, accountID: AccountID(stored: "acme"), id: room.id)
        let client = HelixClient(endpoints: twitch.endpoints)
        twitch.fault(.subscribe, .status(503), times: 2)
        let rest = ReconnectRest(firstMax: .milliseconds(20))
        let ears = TwitchEventSub(client: client, bot: twitch.credentials, channels: [channel], rest: rest)
        await log.during(ears) {
            await until { log.aliveCount(room.id) > 0 }
            #expect(log.losses.count >= 2 && Set(log.losses) == ["closed with 4003 closed by the fake"])
        }
        await client.close()
        await twitch.stop()
    }
}
