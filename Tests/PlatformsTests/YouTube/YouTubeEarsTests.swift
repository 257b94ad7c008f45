import Domain
import PlatformStage
import Platforms
import TestTools
import Testing

@Suite("Listening to YouTube", .timeLimit(.minutes(1)))
struct YouTubeEarsTests {
    static func listening(
        quota: YouTubeQuota = YouTubeQuota(), channel: String? = nil,
        before: (FakeYouTube) -> Void = { _ in },
        _ body: (FakeYouTube, any ChatActing, EarLog, String) async throws -> Void
    ) async throws {
        let youTube = try await FakeYouTube.start(), client = APIClient(), log = EarLog()
        before(youTube)
        let bot = BotCredentials(
            access: BotToken(Secret(youTube.token)), userID: FakeYouTube.channelID(youTube.bot), login: "lumiobot")
        let connection = YouTube.connection(
            client, endpoints: youTube.endpoints, bot: bot, quota: quota,
            rest: ReconnectRest(firstMax: .milliseconds(20)), findEvery: .milliseconds(50))
        let id = channel ?? youTube.channelID
        connection.ears.join(
            ChatChannel(platform: .youtube, accountID: AccountID(stored: "acme"), id: id), login: "")
        await log.during(connection.ears) { try await body(youTube, connection.hands, log, id) }
        await client.close()
        await youTube.stop()
    }

    @Test func `acts on nothing of the first page`() async throws {
        try await Self.listening(before: { $0.say("long ago", by: "bob") }) { youTube, _, log, id in
            await until { log.aliveCount(id) > 0 }
            youTube.say("now", by: "bob", isSponsor: true)
            await until { log.texts == ["now"] }
            #expect(log.messages.first?.author.roles == .subscriber)
        }
    }

    @Test func `asks no more often than YouTube wants`() async throws {
        try await Self.listening(before: { $0.poll(everyMilliseconds: 400) }) { youTube, _, log, id in
            await until { log.aliveCount(id) > 0 }
            try await Task.sleep(for: .seconds(1))
            let pages = youTube.server.requests.count { $0.path.hasSuffix("/liveChat/messages") }
            #expect((2...4).contains(pages))
        }
    }

    @Test func `hears what is written beside money, and no notices`() async throws {
        try await Self.listening { youTube, _, log, id in
            await until { log.aliveCount(id) > 0 }
            youTube.say("a new member", by: "bob", type: "newSponsorEvent")
            youTube.say("take this", by: "bob", type: "superChatEvent")
            await until { log.texts == ["take this"] }
        }
    }

    @Test func `goes from one broadcast to the next`() async throws {
        try await Self.listening { youTube, hands, log, id in
            await until { log.aliveCount(id) > 0 }
            youTube.end()
            try await Task.sleep(for: .milliseconds(300))
            #expect(log.losses.isEmpty)
            let channel = ChatChannel(platform: .youtube, accountID: AccountID(stored: "acme"), id: id)
            let outcome = await hands.perform(.say(text: "hi", replyTo: nil), in: channel)
            #expect(outcome == .notActionable(reason: "the channel is not live: it has no chat"))
            let alive = log.aliveCount(id)
            youTube.begin(chat: "chat-2")
            await until { log.aliveCount(id) > alive }
            youTube.say("welcome back", by: "bob")
            await until { log.texts == ["welcome back"] }
            #expect(await hands.perform(.say(text: "hi", replyTo: nil), in: channel) == .done(seconds: nil))
        }
    }

    @Test func `takes a chat's own id where a channel's could stand`() async throws {
        try await Self.listening(channel: "chat-1") { youTube, _, log, id in
            await until { log.aliveCount(id) > 0 }
            youTube.say("hi", by: "bob")
            await until { log.texts == ["hi"] }
            #expect(!youTube.server.requests.contains { $0.path.hasSuffix("/playlistItems") })
        }
    }

    @Test func `misses nothing when a request fails, or when its page is forgotten`() async throws {
        try await Self.listening { youTube, _, log, id in
            await until { log.aliveCount(id) > 0 }
            youTube.say("one", by: "bob")
            await until { log.texts == ["one"] }
            youTube.server.fault(.answer(StageServer.Answer(503)), times: 3) { $0.path.hasSuffix("/messages") }
            youTube.say("two", by: "bob")
            await until { log.texts == ["one", "two"] }
            youTube.forgetPages()
            youTube.say("three", by: "bob")
            await until { log.texts.contains("three") }
            #expect(log.texts == ["one", "two", "three"])
        }
    }

    @Test func `stops listening before the day's quota ends, and keeps what acting needs`() async throws {
        try await Self.listening(quota: YouTubeQuota(unitsMax: 100, intervalMax: .milliseconds(30))) {
            youTube, hands, log, id in
            await until { log.losses.contains { $0.contains("quota") } }
            #expect(youTube.unitsSpent <= 80)
            let channel = ChatChannel(platform: .youtube, accountID: AccountID(stored: "acme"), id: id)
            #expect(await hands.perform(.say(text: "one", replyTo: nil), in: channel) == .done(seconds: nil))
            guard
                case .failed(let reason, let seconds?) = await hands.perform(
                    .say(text: "two", replyTo: nil), in: channel)
            else {
                Issue.record("more was spent than there is")
                return
            }
            #expect(reason.contains("quota"))
            #expect(seconds > 0)
            #expect(youTube.unitsSpent <= 100)
        }
    }

    @Test func `believes YouTube that the quota is spent, by whomever`() async throws {
        try await Self.listening { youTube, hands, log, id in
            await until { log.aliveCount(id) > 0 }
            youTube.setQuota(units: 0)
            await until { !log.losses.isEmpty }
            #expect(log.losses.first?.contains("quota") == true)
            let count = youTube.server.requests.count
            let channel = ChatChannel(platform: .youtube, accountID: AccountID(stored: "acme"), id: id)
            guard case .failed = await hands.perform(.say(text: "two", replyTo: nil), in: channel) else {
                Issue.record("it was sent")
                return
            }
            #expect(youTube.server.requests.count == count)
        }
    }
}
