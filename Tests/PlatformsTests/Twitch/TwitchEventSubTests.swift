import Domain
import Platforms
import TestTools
import Testing
import PlatformStage

@Suite("Listening to Twitch by EventSub", .timeLimit(.minutes(1)))
struct TwitchEventSubTests {
    static func channel(_ room: FakeTwitch.Person) -> ChatChannel {
        ChatChannel(platform: .twitch, accountID: AccountID(stored: "acme"), id: room.id)
    }

    /// A fake, and a bot that listens to the room "acme" of it; begins when the room is subscribed to.
    static func listening(
        _ settings: FakeTwitch.Settings = FakeTwitch.Settings(),
        _ body: (FakeTwitch, TwitchEventSub, EarLog, FakeTwitch.Person) async throws -> Void
    ) async throws {
        let twitch = try await FakeTwitch.start(settings)
        let client = HelixClient(endpoints: twitch.endpoints)
        let room = twitch.room("acme"), log = EarLog()
        let ears = TwitchEventSub(
            client: client, bot: twitch.credentials, channels: [channel(room)],
            rest: ReconnectRest(firstMax: .milliseconds(20)))
        await log.during(ears) {
            await until { log.aliveCount(room.id) > 0 }
            try await body(twitch, ears, log, room)
            #expect(twitch.eventSub.violations.isEmpty)
        }
        await client.close()
        await twitch.stop()
    }

    @Test func `hands over what is said, as it was said`() async throws {
        try await Self.listening { twitch, _, log, room in
            let bob = twitch.person("Bob"), moment = WallClock.system.now
            let id = twitch.say(
                "hey @acme Kappa ⚡", by: bob, in: room, badges: ["vip/1", "founder/0"], emotes: ["Kappa"], at: moment)
            await until { !log.messages.isEmpty }
            let expected = ChatMessage(
                channel: Self.channel(room), id: id,
                author: ChatUser(id: bob.id, login: "bob", name: "Bob", roles: [.vip, .subscriber]),
                text: "hey @acme Kappa ⚡", marks: [ChatMark(.mention, 4..<9), ChatMark(.emote, 10..<15)], sentAt: moment
            )
            #expect(log.messages == [expected])
        }
    }

    @Test func `takes no role from another channel, and knows itself`() async throws {
        try await Self.listening { twitch, _, log, room in
            let bob = twitch.person("bob"), other = twitch.room("other")
            twitch.say("a", by: bob, in: room, badges: ["vip/1"], from: (other, ["moderator/1"]))
            twitch.say("b", by: room, in: room)
            twitch.say("c", by: twitch.bot, in: room, badges: ["lead_moderator/1"])
            await until { log.messages.count == 3 }
            #expect(log.messages.map(\.author.roles) == [.vip, .broadcaster, [.moderator, .ownBot]])
        }
    }

    @Test func `hands over a message once that comes twice`() async throws {
        try await Self.listening { twitch, _, log, room in
            twitch.say("once", by: twitch.person("bob"), in: room)
            twitch.eventSub.repeatLast()
            twitch.say("end", by: twitch.person("bob"), in: room)
            await until { log.texts.contains("end") }
            #expect(log.texts == ["once", "end"])
        }
    }

    @Test func `joins and leaves at once`() async throws {
        try await Self.listening { twitch, ears, log, room in
            let second = twitch.room("second"), bob = twitch.person("bob")
            ears.join(Self.channel(second))
            await until { log.aliveCount(second.id) > 0 }
            #expect(twitch.eventSub.connectionCount == 1)
            twitch.say("both", by: bob, in: second)
            await until { log.texts == ["both"] }
            ears.leave(second.id)
            await until { twitch.eventSub.rooms == [room.id] }
            twitch.say("nobody hears", by: bob, in: second)
            twitch.say("still here", by: bob, in: room)
            await until { log.texts.count == 2 }
            #expect(log.texts == ["both", "still here"])
            ears.leave(room.id)
            await until { twitch.eventSub.connectionCount == 0 }
        }
    }

    @Test(arguments: [4000, 4002, 4004, 4005, 4006, 4007, 1001])
    func `comes back after a close, and subscribes again`(code: Int) async throws {
        try await Self.listening { twitch, _, log, room in
            twitch.eventSub.close(code: code)
            await until { !log.losses.isEmpty }
            #expect(log.losses == ["closed with \(code) closed by the fake"])
            await until { log.aliveCount(room.id) > 1 }
            twitch.say("back", by: twitch.person("bob"), in: room)
            await until { log.texts == ["back"] }
            #expect(twitch.requests.count { $0.route == .subscribe } == 2)
        }
    }

    @Test func `comes back when the connection breaks without a word`() async throws {
        try await Self.listening { twitch, _, log, room in
            twitch.eventSub.cut()
            await until { log.aliveCount(room.id) > 1 }
            #expect(log.losses.count == 1)
        }
    }

    @Test func `moves when Twitch asks, and loses nothing`() async throws {
        try await Self.listening { twitch, _, log, room in
            let bob = twitch.person("bob")
            twitch.say("before", by: bob, in: room)
            twitch.eventSub.reconnect()
            for number in 0..<20 {
                twitch.say("\(number)", by: bob, in: room)
                try await Task.sleep(for: .milliseconds(1))
            }
            await until { twitch.eventSub.connectionCount == 1 && log.texts.count == 21 }
            // At the seam two sockets speak at once; each keeps its own order.
            #expect(Set(log.texts) == Set(["before"] + (0..<20).map(String.init)))
            #expect(log.losses.isEmpty)
            #expect(twitch.requests.count { $0.route == .subscribe } == 1)
        }
    }

    @Test func `is told when its right is revoked`() async throws {
        try await Self.listening { twitch, _, log, room in
            twitch.eventSub.revoke(room, status: "authorization_revoked")
            await until { log.refusals == ["authorization_revoked"] }
            await until { twitch.eventSub.connectionCount == 0 }
        }
    }

    @Test func `is told when nobody knows its token`() async throws {
        let twitch = try await FakeTwitch.start()
        let client = HelixClient(endpoints: twitch.endpoints)
        let room = twitch.room("acme"), log = EarLog()
        twitch.revokeToken()
        let ears = TwitchEventSub(client: client, bot: twitch.credentials, channels: [Self.channel(room)])
        await log.during(ears) {
            await until { log.refusals == ["Invalid OAuth token (401)"] }
        }
        await client.close()
        await twitch.stop()
    }

    @Test(arguments: [FakeTwitch.Fault.status(503), .disconnect, .answer(429, body: ""), .cutBody])
    func `tries a subscription again that failed`(fault: FakeTwitch.Fault) async throws {
        let twitch = try await FakeTwitch.start(), clock = HandClock()
        let client = HelixClient(endpoints: twitch.endpoints, clock: clock.chat)
        let room = twitch.room("acme"), log = EarLog()
        twitch.fault(.subscribe, fault)
        let ears = TwitchEventSub(client: client, bot: twitch.credentials, channels: [Self.channel(room)])
        await log.during(ears) {
            await until {
                if clock.nextWake == .seconds(1) { clock.advance(by: .seconds(1)) }
                return log.aliveCount(room.id) > 0
            }
            #expect(twitch.eventSub.rooms == [room.id])
        }
        await client.close()
        await twitch.stop()
    }

    @Test func `answers pings, and says nothing else`() async throws {
        try await Self.listening { twitch, _, log, room in
            for _ in 0..<3 { twitch.eventSub.ping() }
            await until { twitch.eventSub.pongCount == 3 }
            twitch.say("fine", by: twitch.person("bob"), in: room)
            await until { log.texts == ["fine"] }
            #expect(twitch.eventSub.violations.isEmpty)
        }
    }

    @Test func `puts together what comes in pieces, with pings between them`() async throws {
        try await Self.listening { twitch, _, log, room in
            twitch.say("first", by: twitch.person("bob"), in: room)
            await until { log.texts == ["first"] }
            twitch.eventSub.send(Self.notification("é in pieces", in: room), inPiecesOf: 7)
            await until { log.texts == ["first", "é in pieces"] }
        }
    }

    @Test func `ends a connection whose messages are too large, and comes back`() async throws {
        try await Self.listening { twitch, _, log, room in
            let text = String(repeating: "x", count: 140_000)
            twitch.eventSub.send(text, inPiecesOf: 10_000)
            await until { log.losses == ["a message is too large"] }
            await until { log.aliveCount(room.id) > 1 }
            twitch.eventSub.send(text)
            await until { log.losses.count == 2 }
            await until { log.aliveCount(room.id) > 2 }
        }
    }

    @Test func `survives whatever the other side says`() async throws {
        try await Self.listening { twitch, _, log, room in
            for text in ["", "{", "null", "[[[[", "{\"metadata\":7}", String(repeating: "[", count: 50_000)] {
                twitch.eventSub.send(text)
            }
            twitch.eventSub.send("notification", payload: ["event": ["message": "x"]])
            twitch.eventSub.send("session_reconnect", payload: ["session": ["reconnect_url": "http://127.0.0.1:1"]])
            twitch.eventSub.send("session_welcome", payload: [:])
            twitch.say("alive", by: twitch.person("bob"), in: room)
            await until { log.texts == ["alive"] }
            #expect(log.losses.isEmpty)
        }
    }

    @Test func `says that it lives with each keepalive`() async throws {
        var settings = FakeTwitch.Settings()
        (settings.keepaliveSeconds, settings.sendsKeepalives) = (1, false)
        try await Self.listening(settings) { twitch, _, log, room in
            let count = log.aliveCount(room.id)
            twitch.eventSub.keepalive()
            await until { log.aliveCount(room.id) == count + 1 }
        }
    }

    @Test func `reads nothing more while what it has heard is dealt with`() async throws {
        let twitch = try await FakeTwitch.start()
        let client = HelixClient(endpoints: twitch.endpoints)
        let room = twitch.room("acme"), log = EarLog(), (gate, open) = AsyncStream<Void>.makeStream()
        let ears = TwitchEventSub(client: client, bot: twitch.credentials, channels: [Self.channel(room)])
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await ears.listen { event in
                    log.take(event)
                    if case .message(let message) = event, message.text == "0" { for await _ in gate {} }
                }
            }
            await until { log.aliveCount(room.id) > 0 }
            for number in 0..<100 { twitch.say("\(number)", by: twitch.person("bob"), in: room) }
            await until { log.texts == ["0"] }
            let filler = String(repeating: "x", count: 100_000)
            for _ in 0..<400 { twitch.eventSub.send(filler) }
            await until { twitch.eventSub.isStuck }
            try? await Task.sleep(for: .milliseconds(200))
            #expect(twitch.eventSub.isStuck && log.texts == ["0"])
            open.finish()
            await until { log.texts.count == 100 && !twitch.eventSub.isStuck }
            #expect(log.texts == (0..<100).map(String.init))
            group.cancelAll()
        }
        await client.close()
        await twitch.stop()
    }

    @Test func `goes over TLS`() async throws {
        var settings = FakeTwitch.Settings()
        settings.tls = true
        try await Self.listening(settings) { twitch, _, log, room in
            twitch.say("secret", by: twitch.person("bob"), in: room)
            await until { log.texts == ["secret"] }
        }
    }

    @Test func `trusts nobody over TLS without being told, and shows its token to nobody`() async throws {
        var settings = FakeTwitch.Settings()
        settings.tls = true
        let twitch = try await FakeTwitch.start(settings), room = twitch.room("acme"), log = EarLog()
        var endpoints = twitch.endpoints
        endpoints.authorityFile = nil
        let client = HelixClient(endpoints: endpoints)
        let ears = TwitchEventSub(client: client, bot: twitch.credentials, channels: [Self.channel(room)])
        await log.during(ears) {
            await until { log.losses.first == "the TLS handshake failed" }
            var text = "\(ears) \(String(reflecting: ears)) \(log.events)"
            dump(ears, to: &text)
            #expect(!text.contains(twitch.credentials.token.exposed))
            #expect(!text.contains(twitch.credentials.clientID.exposed))
        }
        await client.close()
        await twitch.stop()
    }

    static func notification(_ text: String, in room: FakeTwitch.Person) -> String {
        let now = WallClock.system.now.description
        let event: JSON = [
            "broadcaster_user_id": .string(room.id), "chatter_user_id": "9", "chatter_user_login": "bob",
            "message_id": "pieces", "message": ["text": .string(text), "fragments": []],
        ]
        let metadata: JSON = [
            "message_id": "p", "message_type": "notification", "message_timestamp": .string(now),
            "subscription_type": "channel.chat.message",
        ]
        return JSON.object([JSON.Member("metadata", metadata), JSON.Member("payload", ["event": event])]).text
    }
}
