import Domain
import Foundation
import Redis
import RedisStage
import TestTools
import Testing
import PlatformStage

/// What may befall extensions at work, with processes: the worker lives, and the others notice nothing.
@Suite("Bad days of extensions", .serialized, .timeLimit(.minutes(3)))
struct ExtensionBadDaysTests {
    private let folder = TemporaryFolder()

    private func staged(redis: String? = nil, _ body: (ExtensionStage) async throws -> Void) async throws {
        let stage = try await ExtensionStage(in: folder, redis: redis)
        try await body(stage)
        await stage.stop()
    }

    /// Asks the host over and over, so that it takes its time, and says something in the end whatever it was told.
    private static let slow = """
        async (ctx) => {
          for (let step = 0; step < 90; step++) { try { await ctx.kv.increment("steps", 1); } catch {} }
          return actions.say("late");
        }
        """

    @Test func `a kill stops handlers in their middle, and what they want afterwards is not done`() async throws {
        try await staged { stage in
            let slow = try ExampleFolder(
                command: "slow", handler: Self.slow,
                // Those who may ask others' servers may take long.
                permissions: #"["chat:send", "storage:kv", "network"]"#, in: folder)
            try slow.replace(
                #""visibility""#, by: #""egress": {"allowHosts": ["example.com"]}, "visibility""#,
                in: "lumio.config.json")
            try await stage.install("slow", from: slow.path)
            stage.twitch.say("!slow", by: stage.twitch.person("first"), in: stage.room)
            #expect(await eventually { stage.said == ["late"] }, "unless it is killed it is heard")
            for number in 0..<15 { stage.twitch.say("!slow", by: stage.twitch.person("p\(number)"), in: stage.room) }
            #expect(await eventually { try await steps(on: stage) > 90 + 15 })
            let killed = try await stage.change("POST", "kill", #"{"install_id": "\#(stage.id("slow"))"}"#)
            #expect(killed["meta"]?["convergence"]?["converged"] == true)
            let done = try await steps(on: stage)
            #expect(done < 90 * 16, "all were under way")
            try await Task.sleep(for: .seconds(3))
            #expect(stage.said.count <= 1 + (done - 90) / 90, "but for who had come to the end before")
            #expect(stage.said.count < 16)
            #expect(try await steps(on: stage) == done, "nor is it given anything")
        }
    }

    private func steps(on stage: ExtensionStage) async throws -> Int {
        try await stage.kept("slow", "get", "steps").integer ?? 0
    }

    @Test func `children that are killed from outside come back, and nobody is blamed for it`() async throws {
        try await staged { stage in
            for name in ["ranks", "moderator"] {
                try await stage.install(name, from: ExtensionCommandTests.example(name))
            }
            #expect(await deletes("first", on: stage))
            for round in 1...3 {
                let children = stage.worker.children
                #expect(!children.isEmpty)
                for child in children { kill(child, SIGKILL) }
                #expect(await deletes("round\(round)", on: stage))
                #expect(await counts("round\(round)", on: stage))
                #expect(stage.worker.isRunning && Set(stage.worker.children).isDisjoint(with: children))
            }
            let shown = try await stage.server.send("GET", "/v1/bot-modules?account_id=acct_1").json
            let states = shown["data"]?.array?.compactMap { $0["install_id"] == nil ? nil : $0["state"]?.string }
            #expect(states == ["running", "running"], "nobody is to blame")
        }
    }

    /// Whether the moderator acts. A call has a quarter of a second, of which a new child may need more on a machine
    /// that has no time; then the line is let through, and the next one finds it there.
    private func deletes(_ round: String, on stage: ExtensionStage) async -> Bool {
        var tries = 0
        return await eventually {
            tries += 1
            let spammer = stage.twitch.person("spammer_\(round)_\(tries)")
            let bad = stage.twitch.say("buy followers", by: spammer, in: stage.room)
            return await eventually(within: .seconds(2)) { stage.deleted.contains(bad) }
        }
    }

    /// Whether lines make points.
    private func counts(_ round: String, on stage: ExtensionStage) async -> Bool {
        await eventually {
            stage.twitch.say("hello", by: stage.twitch.person("fan_\(round)"), in: stage.room)
            return await eventually(within: .seconds(2)) { try await points(of: "fan_\(round)", on: stage) > 0 }
        }
    }

    private func points(of login: String, on stage: ExtensionStage) async throws -> Int {
        try await stage.kept("ranks", "get", "points:" + stage.twitch.person(login).id).integer ?? 0
    }

    @Test func `an upgrade during traffic loses no line, and one that does not fit is held`() async throws {
        try await staged { stage in
            try await stage.install(
                "ranks", from: ExtensionCommandTests.example("ranks"), config: #"{"points_per_message": 5}"#)
            let traffic = Task {
                var count = 0
                while !Task.isCancelled {
                    stage.twitch.say("line \(count)", by: stage.twitch.person("talker"), in: stage.room)
                    count += 1
                    try? await Task.sleep(for: .milliseconds(40))
                }
                return count
            }
            #expect(await eventually { try await points(of: "talker", on: stage) > 10 })
            try await upgrade(to: try next("1.1.0", "now you have"), on: stage)
            #expect(try await answers("now you have", on: stage), "the new version")
            let held = try next("1.2.0", "at last you have")
            try held.replace(#""max": 100"#, by: #""max": 3"#, in: "lumio.config.json")
            try await hold(held, on: stage)
            #expect(try await answers("now you have", on: stage), "the old one goes on")
            traffic.cancel()
            let lines = await traffic.value
            #expect(await eventually { try await points(of: "talker", on: stage) == 5 * lines })
        }
    }

    /// A version that may ban people, and says it in other words.
    private func next(_ version: String, _ words: String) throws -> ExampleFolder {
        let ranks = try ExampleFolder("ranks", in: folder)
        try ranks.replace(#""version": "1.0.0""#, by: #""version": "\#(version)""#, in: "lumio.config.json")
        try ranks.replace(#"["chat:send""#, by: #"["chat:ban", "chat:send""#, in: "lumio.config.json")
        try ranks.replace("you have", by: words, in: "main.js")
        return ranks
    }

    private func upgrade(to version: ExampleFolder, on stage: ExtensionStage) async throws {
        let published = try await stage.publish(version.path)
        #expect(published.reviewLevel == "enhanced", "it asks for chat:ban")
        let path = "extensions/\(stage.id("ranks"))/upgrade"
        let bare = try await stage.server.send("POST", "/v1/bot-modules/\(path)?account_id=acct_1", "{}")
        #expect(bare.status == 409 && bare.json["error"]?["code"] == "consent_required", "it asks for more")
        let answer = try await stage.change("POST", path, #"{"permissions": \#(published.permissions)}"#)
        #expect(answer["data"]?["version"] == "1.1.0")
    }

    private func hold(_ version: ExampleFolder, on stage: ExtensionStage) async throws {
        _ = try await stage.publish(version.path)
        let path = "extensions/\(stage.id("ranks"))"
        let answer = try await stage.change("POST", path + "/upgrade", "{}")
        #expect(answer["data"]?["version"] == "1.1.0" && answer["data"]?["held"]?["version"] == "1.2.0")
        let seen = try await stage.server.send("GET", "/v1/bot-modules/\(path)?account_id=acct_1").json
        #expect(seen["data"]?["held"]?["reason"]?.string?.contains("config.points_per_message") == true)
    }

    /// Asks as one person after the other, for each rests a while.
    private func answers(_ words: String, on stage: ExtensionStage) async throws -> Bool {
        for number in 0..<40 {
            let asker = stage.twitch.person("asker \(words) \(number)".replacing(" ", with: "_"))
            let before = stage.said.count
            stage.twitch.say("!rank", by: asker, in: stage.room)
            _ = await eventually(within: .milliseconds(500)) { stage.said.count > before }
            if stage.said.dropFirst(before).contains(where: { $0.contains(words) }) { return true }
        }
        return false
    }

    @Test func `a manifest that lies is refused by the server's own sandbox, whoever packed it`() async throws {
        try await staged { stage in
            let ranks = try ExampleFolder("ranks", in: folder)
            try ranks.replace(#"command("rank", rank"#, by: #"command("rob", rank"#, in: "main.js")
            try ranks.replace("{ cooldown: 30 }", by: "{ cooldown: 31 }", in: "main.js")
            let answer = try await stage.server.send(
                "POST", "/v1/extensions?account_id=author", #"{"bundle": \#(try ranks.bundle)}"#)
            let failures = answer.json["error"]?["details"]?.array?.compactMap { $0["message"]?.string } ?? []
            #expect(answer.status == 422 && failures.count == 3, "rank is missing, rob is not said, top differs")
            #expect(failures.contains { $0.contains("rob") } && failures.contains { $0.contains("top") })
            let all = try await stage.server.send("GET", "/v1/admin/extensions").json
            #expect(all["data"]?.array?.isEmpty == true, "nothing has come in")
        }
    }

    @Test func `a bundle that is another than was reviewed is not run, and runs again when it is right`() async throws {
        let redis = try RedisServer()
        defer { redis.stop() }
        try await staged(redis: "redis://127.0.0.1:\(redis.port)") { stage in
            try await stage.install("ranks", from: ExtensionCommandTests.example("ranks"))
            let path = "/v1/bot-modules/extensions/\(stage.id("ranks"))?account_id=acct_1"
            func seen() async throws -> JSON? { try await stage.server.send("GET", path).json["data"] }
            let key = "{lumio}:bundle:" + (try await seen()?["bundle_digest"]?.string ?? "")
            let bytes = try redis.send("GET", key).bytes
            let evil = try ExampleFolder(
                command: "rank", handler: #"() => actions.say("evil")"#, permissions: "[]", in: folder)
            try redis.send("SET", key, try evil.bundle)
            stage.twitch.say("!rank", by: stage.twitch.person("ada"), in: stage.room)
            #expect(
                await eventually {
                    try await seen()?["trip"]?["reason"]?.string?.contains("has the digest") == true
                }, "and the owner is told")
            #expect(stage.said.isEmpty)
            try redis.send("DEL", key)
            #expect(await eventually { try redis.send("GET", key).bytes == bytes }, "it is put back")
            let second = try await stage.relieve(by: "w2")
            #expect(try await answers("you have", on: stage))
            #expect(await eventually { try await seen()?["trip"] == .null })
            #expect(second.end() == 0)
        }
    }
}
