import Domain
import Logging
import Platforms
import PlatformStage
import Synchronization
import Testing
import TestTools

@Suite("Acting on Twitch", .timeLimit(.minutes(1)))
struct TwitchActionsTests {
    let now = WallClock.system.now

    /// One fake, one bot, and what a test does with them.
    static func with(
        _ settings: FakeTwitch.Settings = FakeTwitch.Settings(), answerWithin: Duration = .seconds(20),
        log: Logger? = nil,
        _ body: (FakeTwitch, TwitchActions, ChatChannel) async throws -> Void
    ) async throws {
        let twitch = try await FakeTwitch.start(settings)
        var limits = HelixClient.Limits()
        limits.answer = answerWithin
        let client = HelixClient(endpoints: twitch.endpoints, limits: limits)
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let actions = TwitchActions(client: client, bot: twitch.credentials, log: log ?? quiet)
        let room = twitch.room("acme")
        let channel = ChatChannel(platform: .twitch, accountID: AccountID(stored: "acme"), id: room.id)
        do {
            try await body(twitch, actions, channel)
        } catch {
            Issue.record(error)
        }
        await client.close()
        await twitch.stop()
    }

    @Test func `does all that a bot can do`() async throws {
        try await Self.with { twitch, actions, channel in
            let room = twitch.room("acme"), bob = twitch.person("bob")
            let id = twitch.say("buy now", by: bob, in: room)
            #expect(await actions.perform(.delete(messageID: id), in: channel) == .done(seconds: nil))
            #expect(await actions.perform(.delete(messageID: id), in: channel) == .alreadySo)
            let timeout = ChatAction.timeout(userID: bob.id, seconds: 99_999_999, reason: "spam")
            #expect(await actions.perform(timeout, in: channel) == .done(seconds: 1_209_600))
            #expect(await actions.perform(.warn(userID: bob.id, reason: "no"), in: channel) == .done(seconds: nil))
            #expect(await actions.perform(.ban(userID: bob.id, reason: nil), in: channel) == .done(seconds: nil))
            #expect(await actions.perform(.ban(userID: bob.id, reason: nil), in: channel) == .alreadySo)
            #expect(await actions.perform(.say(text: "hi é", replyTo: "m"), in: channel) == .done(seconds: nil))
            #expect(
                twitch.deeds == [
                    .deleted(id, room: room.id),
                    .timedOut(bob.id, seconds: 1_209_600, reason: "spam", room: room.id),
                    .warned(bob.id, reason: "no", room: room.id), .banned(bob.id, reason: nil, room: room.id),
                    .said("hi é", replyTo: "m", room: room.id),
                ])
        }
    }

    @Test func `sends nothing for a message without an id`() async throws {
        try await Self.with { twitch, actions, channel in
            for id in ["", " ", "\u{200B} "] {
                _ = await actions.perform(.delete(messageID: id), in: channel)
            }
            #expect(!twitch.requests.contains { $0.query["message_id"]?.isEmpty != false })
            #expect(twitch.deeds.isEmpty)
        }
    }

    @Test func `says whom it may not touch`() async throws {
        try await Self.with { twitch, actions, channel in
            let room = twitch.room("acme"), mod = twitch.person("mod")
            twitch.setModerator(mod, in: room)
            for action in [ChatAction.ban(userID: mod.id, reason: nil), .warn(userID: room.id, reason: "x")] {
                guard case .notActionable(let reason) = await actions.perform(action, in: channel) else {
                    Issue.record("\(action)")
                    continue
                }
                #expect(reason.contains("may not be"))
            }
            twitch.setModerator(twitch.bot, in: room, false)
            let outcome = await actions.perform(.ban(userID: "9", reason: nil), in: channel)
            #expect(
                outcome
                    == .notActionable(
                        reason: "The user in moderator_id is not one of the broadcaster's moderators (403)"))
        }
    }

    @Test func `says that a message was dropped`() async throws {
        try await Self.with { twitch, actions, channel in
            #expect(await actions.perform(.say(text: "a", replyTo: nil), in: channel) == .done(seconds: nil))
            guard case .notActionable(let reason) = await actions.perform(.say(text: "a", replyTo: nil), in: channel)
            else {
                Issue.record("a repetition is shown")
                return
            }
            #expect(reason.hasPrefix("msg_duplicate: "))
            twitch.fault(.say, .drop(code: "msg_rejected", message: "no"))
            let outcome = await actions.perform(.say(text: "b", replyTo: nil), in: channel)
            #expect(outcome == .notActionable(reason: "msg_rejected: no"))
        }
    }

    @Test func `knows what it may still send`() async throws {
        var settings = FakeTwitch.Settings()
        (settings.requestsMax, settings.bucketSeconds) = (2, 20)
        try await Self.with(settings) { twitch, actions, channel in
            #expect(actions.budget == nil)
            _ = await actions.perform(.say(text: "a", replyTo: nil), in: channel)
            #expect(actions.budget?.limit == 2)
            #expect(actions.budget?.remaining == 1)
            _ = await actions.perform(.say(text: "b", replyTo: nil), in: channel)
            guard case .rateLimited(let seconds) = await actions.perform(.say(text: "c", replyTo: nil), in: channel)
            else {
                Issue.record("the bucket is bottomless")
                return
            }
            #expect((0.5...20).contains(seconds))
            #expect(actions.budget?.remaining == 0)
            #expect(twitch.deeds.count == 2)
        }
    }

    static let faults: [(FakeTwitch.Fault, ChatOutcome)] = [
        (.status(500, message: "oops"), .failed(reason: "oops (500)", retryAfterSeconds: nil)),
        (.status(401, message: "Invalid OAuth token"), .unauthorized(reason: "Invalid OAuth token (401)")),
        (.status(409, message: "busy"), .failed(reason: "busy (409)", retryAfterSeconds: 1)),
        (.answer(502, body: "<html>Bad Gateway"), .failed(reason: "Twitch answered 502", retryAfterSeconds: nil)),
        (.answer(429, body: ""), .rateLimited(retryAfterSeconds: 1)),
        (
            .answer(302, headers: ["Location": "http://127.0.0.1:1/"], body: ""),
            .failed(reason: "Twitch answered 302", retryAfterSeconds: nil)
        ),
    ]

    @Test(arguments: faults.indices)
    func `says what went wrong, and does it the next time`(index: Int) async throws {
        try await Self.with { twitch, actions, channel in
            let (fault, expected) = Self.faults[index]
            twitch.fault(.ban, fault)
            #expect(await actions.perform(.ban(userID: "9", reason: nil), in: channel) == expected)
            #expect(twitch.deeds.isEmpty)
            #expect(await actions.perform(.ban(userID: "9", reason: nil), in: channel) == .done(seconds: nil))
        }
    }

    @Test func `waits for no answer for ever`() async throws {
        try await Self.with(answerWithin: .milliseconds(50)) { twitch, actions, channel in
            twitch.fault(.ban, .hang)
            let outcome = await actions.perform(.ban(userID: "9", reason: nil), in: channel)
            #expect(outcome == .failed(reason: "no answer within 0.05 seconds", retryAfterSeconds: nil))
            #expect(twitch.deeds.isEmpty)
        }
    }

    @Test func `does not know what became of a message when the answer breaks off`() async throws {
        try await Self.with { twitch, actions, channel in
            twitch.fault(.say, .cutBody)
            twitch.fault(.warn, .cutBody)
            guard case .failed = await actions.perform(.say(text: "a", replyTo: nil), in: channel) else {
                Issue.record("half an answer is taken for a whole one")
                return
            }
            let warning = await actions.perform(.warn(userID: "9", reason: "x"), in: channel)
            #expect(warning == .done(seconds: nil), "the status alone says it")
            twitch.fault(.ban, .disconnect)
            guard case .failed = await actions.perform(.ban(userID: "9", reason: nil), in: channel) else {
                Issue.record("a lost connection is taken for an answer")
                return
            }
        }
    }

    @Test func `reads no endless answer`() async throws {
        try await Self.with { twitch, actions, channel in
            twitch.fault(.ban, .answer(400, body: String(repeating: " ", count: 1_000_000)))
            let outcome = await actions.perform(.ban(userID: "9", reason: nil), in: channel)
            #expect(outcome == .notActionable(reason: "Twitch answered 400"))
            twitch.fault(.ban, .status(400, message: "a\nb\u{1B}[31m" + String(repeating: "c", count: 5000)))
            guard case .notActionable(let reason) = await actions.perform(.ban(userID: "9", reason: nil), in: channel)
            else { return }
            #expect(reason.hasPrefix("a b [31mc") && reason.count == 300)
        }
    }

    @Test func `fails where nobody answers`() async throws {
        var endpoints = TwitchEndpoints()
        endpoints.api = "http://127.0.0.1:1"
        let client = HelixClient(endpoints: endpoints)
        let bot = TwitchCredentials(clientID: "c", token: "t", userID: "1", login: "bot")
        let channel = ChatChannel(platform: .twitch, accountID: AccountID(stored: "acme"), id: "7")
        let outcome = await TwitchActions(client: client, bot: bot).perform(.delete(messageID: "m"), in: channel)
        await client.close()
        guard case .failed = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    @Test func `goes over TLS, and trusts nobody without being told`() async throws {
        var settings = FakeTwitch.Settings()
        settings.tls = true
        try await Self.with(settings) { twitch, actions, channel in
            #expect(await actions.perform(.say(text: "a", replyTo: nil), in: channel) == .done(seconds: nil))
            var endpoints = twitch.endpoints
            endpoints.authorityFile = nil
            let client = HelixClient(endpoints: endpoints)
            let stranger = TwitchActions(client: client, bot: twitch.credentials)
            let outcome = await stranger.perform(.say(text: "b", replyTo: nil), in: channel)
            await client.close()
            guard case .failed = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(twitch.deeds.count == 1)
        }
    }

    @Test func `shows its token and client id to nobody`() async throws {
        let logged = LogCollector()
        try await Self.with(answerWithin: .seconds(1), log: logged.logger) { twitch, actions, channel in
            var texts = ["\(twitch.credentials)", String(reflecting: twitch.credentials)]
            dump(twitch.credentials, to: &texts[0])
            twitch.fault(.ban, .echo)
            twitch.fault(.ban, .hang)
            twitch.fault(.ban, .disconnect)
            for _ in 0..<4 { texts.append("\(await actions.perform(.ban(userID: "9", reason: nil), in: channel))") }
            texts += ["\(actions)", String(reflecting: actions)] + logged.lines
            dump(actions, to: &texts[1])
            #expect(logged.lines.count == 4)
            for text in texts {
                #expect(!text.contains(twitch.credentials.token.exposed), "\(text)")
                #expect(!text.contains(twitch.credentials.clientID.exposed), "\(text)")
            }
            #expect(texts.contains { $0.contains("<secret>") }, "the echo was seen")
        }
    }

    @Test(arguments: ["bad\r\ntoken", "tök€n", ""])
    func `survives a token that is none`(token: String) async throws {
        try await Self.with { twitch, _, channel in
            let client = HelixClient(endpoints: twitch.endpoints)
            let bot = TwitchCredentials(clientID: "c", token: token, userID: twitch.bot.id, login: "bot")
            let outcome = await TwitchActions(client: client, bot: bot).perform(
                .say(text: "a", replyTo: nil), in: channel)
            await client.close()
            switch outcome {
            case .failed(let reason, _), .unauthorized(let reason): #expect(token.isEmpty || !reason.contains(token))
            default: Issue.record("\(outcome)")
            }
            #expect(twitch.deeds.isEmpty)
        }
    }
}
