import Domain
import Foundation
import PlatformStage
import RedisStage
import TestTools
import Testing

/// From the owner's command to the answer in chat, with processes: a server, a worker, and a Twitch on loopback.
@Suite("Commands in chat", .serialized, .timeLimit(.minutes(4)))
struct CommandChatTests {
    private let folder = TemporaryFolder()

    @Test(arguments: [false, true])
    func `are answered as they are defined at that moment`(isByRedis: Bool) async throws {
        let redis = isByRedis ? try RedisServer() : nil
        defer { redis?.stop() }
        let stage = try await ExtensionStage(in: folder, redis: redis.map { "redis://127.0.0.1:\($0.port)" })
        try await stage.define("ping", #""response": "pong {user}", "response_type": "template""#)
        #expect(try await stage.pings())
        try await measure(stage)
        try await precede(stage)
        try await stop(stage)
        try await rest(stage)
        try await count(stage)
        try await log(stage)
        await stage.stop()
    }

    /// From the API's answer to the bot's, with everything between them.
    private func measure(_ stage: ExtensionStage) async throws {
        try await stage.define("so", #""response": "first""#)
        let began = ContinuousClock.now
        #expect(try await stage.asks("!so") == "first")
        print("commands: answered \((ContinuousClock.now - began) / .milliseconds(1)) ms after they were defined")
        #expect(ContinuousClock.now - began < .seconds(2))
        try await stage.define("so", #""response": "second""#)
        #expect(try await stage.asks("!So hello") == "second")
    }

    private func precede(_ stage: ExtensionStage) async throws {
        try await stage.define("hi", #""response": "global""#, isGlobal: true)
        #expect(try await stage.asks("!hi") == "global")
        try await stage.define("hi", #""response": "own""#)
        #expect(try await stage.asks("!hi") == "own")
        try await stage.define("hi", #""response": "own", "enabled": false"#)
        #expect(try await stage.isSilent("!hi"), "an account's own hides the global one also when it is off")
        try await stage.define("hi", #""response": "stricter", "minimum_role": "moderator""#, isGlobal: true)
        try await stage.define("hi", #""response": "own again", "minimum_role": "moderator""#)
        #expect(try await stage.isSilent("!hi"))
        #expect(try await stage.asks("!hi", badges: ["moderator/1"]) == "own again")
    }

    private func stop(_ stage: ExtensionStage) async throws {
        let pause = "/v1/admin/bot-control/acct_1/twitch?wait=converged&timeout_ms=20000"
        _ = try await stage.server.send("PUT", pause, #"{"paused": true}"#)
        let before = stage.said.count
        stage.twitch.say("!so", by: stage.twitch.person("bob"), in: stage.room)
        _ = try await stage.server.send("PUT", pause, #"{"paused": false}"#)
        #expect(try await stage.pings(), "the bot is back")
        #expect(!stage.said[before...].contains("second"), "what was said in a pause is not made up for")
        let filter = #"{"enabled": true, "config": {"blocked_words": ["badword1"], "action": "delete"}}"#
        let path = "/v1/bot-modules/word_filter?account_id=acct_1&wait=converged&timeout_ms=20000"
        #expect(try await stage.server.send("PUT", path, filter).status == 200)
        #expect(try await stage.isSilent("!so badword1"))
        let gone = "/v1/bot-commands/so?account_id=acct_1&wait=converged&timeout_ms=20000"
        #expect(try await stage.server.send("DELETE", gone).status == 200)
        #expect(try await stage.isSilent("!so"))
    }

    private func rest(_ stage: ExtensionStage) async throws {
        try await stage.define(
            "roll", #""response": "{user} rolls", "response_type": "template", "cooldown_seconds": 3"#)
        #expect(try await stage.asks("!roll", by: "Ada") == "Ada rolls")
        let began = ContinuousClock.now
        #expect(try await stage.isSilent("!roll", by: "Bob"))
        try await Task.sleep(until: began + .milliseconds(3_100), clock: .continuous)
        #expect(try await stage.asks("!roll", by: "Cleo") == "Cleo rolls")
    }

    /// Also by the worker that comes after this one.
    private func count(_ stage: ExtensionStage) async throws {
        stage.twitch.setLive(stage.room, since: WallClock.system.now.adding(seconds: -7_530))
        try await stage.define(
            "deaths", #""response": "{count} in {uptime} on {channel}", "response_type": "template""#)
        for number in 1...2 { #expect(try await stage.asks("!deaths") == "\(number) in 2 h 5 min on aurora") }
        let next = try await stage.relieve(by: "w2")
        #expect(try await stage.pings())
        #expect(try await stage.asks("!deaths") == "3 in 2 h 5 min on aurora")
        #expect(next.end() == 0)
    }

    private func log(_ stage: ExtensionStage) async throws {
        let path = "/v1/admin/moderation-log?account_id=acct_1&module=bot_commands&limit=100"
        #expect(
            await eventually {
                let lines = try await stage.server.send("GET", path).json["data"]?.array ?? []
                let line = lines.first { $0["rule"] == "roll" && $0["user"]?["login"] == "ada" }
                return line?["outcome"] == "done" && line?["text"] == "!roll" && line?["action"] == "say"
            })
    }
}

extension ExtensionStage {
    /// Returns once the worker holds it.
    fileprivate func define(_ name: String, _ members: String, isGlobal: Bool = false) async throws {
        let path = isGlobal ? "/v1/admin/bot-commands/\(name)?" : "/v1/bot-commands/\(name)?account_id=acct_1&"
        let answer = try await server.send("PUT", path + "wait=converged&timeout_ms=20000", "{\(members)}")
        #expect(answer.status == 200, "\(answer.json.text)")
    }

    /// What the bot says next.
    fileprivate func asks(_ text: String, by login: String = "bob", badges: [String] = []) async throws -> String? {
        let count = said.count
        twitch.say(text, by: twitch.person(login), in: room, badges: badges)
        _ = await eventually(within: .seconds(10)) { said.count > count }
        return said.count > count ? said[count] : nil
    }

    /// Asks as one person after the other, for the bot may not be in the room yet.
    fileprivate func pings() async throws -> Bool {
        for number in 0..<100 {
            let login = "prober\(number)", count = said.count
            twitch.say("!ping", by: twitch.person(login), in: room)
            if await eventually(within: .milliseconds(300), { said.count > count }) { return true }
        }
        return false
    }

    /// Whether a line gets no answer, though the one after it does.
    fileprivate func isSilent(_ text: String, by login: String = "bob") async throws -> Bool {
        let count = said.count, probe = "after\(count)"
        twitch.say(text, by: twitch.person(login), in: room)
        twitch.say("!ping", by: twitch.person(probe), in: room)
        guard await eventually(within: .seconds(10), { said.count > count }) else { return false }
        try await Task.sleep(for: .milliseconds(50))
        return said[count...].allSatisfy { $0 == "pong \(probe)" }
    }
}
