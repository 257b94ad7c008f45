import Domain
import Foundation
import Platforms
import Testing
import TwitchStage

/// The whole way of an extension, with processes: submitted, reviewed, published, installed, configured, at work on
/// Twitch, killed, and at work again.
@Suite("Extensions, from the author's folder to the deed", .serialized, .timeLimit(.minutes(3)))
struct ExtensionLifeTests {
    private let folder = TemporaryFolder()

    private struct Stage {
        let server: ServerProcess, worker: WorkerProcess
        let twitch: FakeTwitch, room: FakeTwitch.Person
        var installs: [String: String] = [:]

        var said: [String] {
            twitch.deeds.compactMap { if case .said(let text, _, _) = $0 { text } else { nil } }
        }

        func eventually(_ isSo: () async throws -> Bool) async throws -> Bool {
            for _ in 0..<600 {
                if try await isSo() { return true }
                try await Task.sleep(for: .milliseconds(25))
            }
            return false
        }

        /// Says something until it is deleted: what ran before goes on until the new program stands.
        func isModerated(_ text: String) async throws -> Bool {
            let speaker = twitch.person("Bob")
            for _ in 0..<10 {
                let id = twitch.say(text, by: speaker, in: room)
                for _ in 0..<20 {
                    if twitch.deeds.contains(.deleted(id, room: room.id)) { return true }
                    try await Task.sleep(for: .milliseconds(25))
                }
            }
            return false
        }

        func change(_ method: String, _ path: String, _ body: String) async throws -> JSON {
            let query = "?account_id=acct_1&wait=converged&timeout_ms=20000"
            let answer = try await server.send(method, "/v1/bot-modules/" + path + query, body)
            #expect((200..<300).contains(answer.status), "\(path): \(answer.json)")
            return answer.json
        }
    }

    private func token(_ arguments: String...) throws -> String {
        try Program.run(["token", "--data", folder.path] + arguments).output
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func staged(_ body: (inout Stage) async throws -> Void) async throws {
        let server = try await ServerProcess(data: folder.path)
        let twitch = try await FakeTwitch.start(), room = twitch.room("aurora")
        for account in ["acct_1", "author"] {
            _ = try await server.send(
                "POST", "/v1/admin/accounts", #"{"account_id": "\#(account)", "name": "A", "plan": "pro"}"#)
        }
        _ = try await server.send(
            "PUT", "/v1/admin/accounts/acct_1/bots/twitch",
            #"{"channel_id": "\#(room.id)", "channel_name": "aurora", "bot_user_id": "\#(twitch.bot.id)"}"#)
        let worker = try WorkerProcess(
            name: "w1", feed: server.address, token: try token("--subject", "w", "--system-key"),
            ["--credentials", try credentials(twitch)])
        var stage = Stage(server: server, worker: worker, twitch: twitch, room: room)
        #expect(try await server.isFollowed(by: ["w1"]))
        #expect(try await stage.eventually { twitch.eventSub.rooms == [room.id] })
        try await body(&stage)
        #expect(worker.end() == 0)
        #expect(server.end(with: SIGTERM) == 0)
        await twitch.stop()
    }

    private func credentials(_ twitch: FakeTwitch) throws -> String {
        let path = folder.path + "/credentials.json", own = twitch.credentials
        let text = """
            {"twitch": {"client_id": "\(own.clientID.exposed)", "token": "\(own.token.exposed)",
              "user_id": "\(own.userID)", "login": "\(own.login)", "api": "\(twitch.endpoints.api)",
              "event_sub": "\(twitch.endpoints.eventSub)", "irc": "\(twitch.endpoints.irc)"}}
            """
        #expect(
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]))
        return path
    }

    /// Until it stands in the store.
    private func publish(_ name: String, on server: ServerProcess) async throws -> (id: String, permissions: String) {
        let author = try token("--subject", "author", "--account", "author", "--permission", "extensions:submit")
        let submitted = try Program.run([
            "extension", "submit", ExtensionCommandTests.example(name), "--server", server.address, "--token", author,
        ])
        #expect(submitted.status == 0, "\(submitted.errors)")
        let manifest = try JSONParser.parse(
            String(contentsOfFile: ExtensionCommandTests.example(name) + "/lumio.config.json", encoding: .utf8))
        let id = manifest["extensionId"]?.string ?? ""
        let version = "/v1/admin/extensions/\(id)/versions/1.0.0"
        for decision in ["in_review", "approved"] {
            let answer = try await server.send("POST", version + "/reviews", #"{"decision": "\#(decision)"}"#)
            #expect(answer.status == 200, "\(answer.json)")
        }
        #expect(try await server.send("POST", version + "/publish", "{}").status == 200)
        return (id, manifest["permissions"]?.text ?? "[]")
    }

    @Test func `are submitted, reviewed, installed, at work, killed, and at work again`() async throws {
        try await staged { stage in
            for name in ["ranks", "giveaway", "moderator"] {
                let (id, permissions) = try await publish(name, on: stage.server)
                let body = #"{"extension_id": "\#(id)", "permissions": \#(permissions)}"#
                let answer = try await stage.change("POST", "extensions", body)
                stage.installs[name] = answer["data"]?["install_id"]?.string
            }
            try await work(on: stage)
            try await refuse(on: stage)
            try await kill(on: stage)
        }
    }

    private func work(on stage: Stage) async throws {
        let (twitch, room) = (stage.twitch, stage.room), ada = twitch.person("Ada"), mod = twitch.person("Mod")
        twitch.say("hello", by: ada, in: room)
        try await Task.sleep(for: .milliseconds(500))
        twitch.say("!rank", by: ada, in: room)
        // The line may be counted a moment later: the sandbox starts with it.
        #expect(try await stage.eventually { stage.said.contains { $0.hasPrefix("Ada, you have") } })
        twitch.say("!giveaway a mug", by: mod, in: room, badges: ["moderator/1"])
        #expect(try await stage.eventually { stage.said.contains("A giveaway for a mug is open: say enter!") })
        let bad = twitch.say("buy followers here", by: ada, in: room)
        #expect(try await stage.eventually { twitch.deeds.contains(.deleted(bad, room: room.id)) })
        #expect(try await stage.eventually { twitch.eventTypes(in: room) == ["channel.raid"] })
        twitch.happens("channel.raid", by: twitch.person("Eve"), in: room, ["viewers": 12])
        #expect(try await stage.eventually { stage.said.contains("Welcome, Eve and 12 friends!") })
        let log = "/v1/admin/moderation-log?account_id=acct_1&limit=100"
        let module = "extension:" + (stage.installs["moderator"] ?? "")
        #expect(
            try await stage.eventually {
                let lines = try await stage.server.send("GET", log).json["data"]?.array ?? []
                return lines.contains { $0["message_id"]?.string == bad && $0["module"]?.string == module }
            })
    }

    /// Settings that do not fit, with all reasons; then ones that do, at once in use.
    private func refuse(on stage: Stage) async throws {
        let path = "extensions/\(stage.installs["moderator"] ?? "")/config"
        let wrong = #"{"config": {"strikes": 0, "timeout_seconds": "x", "colour": 1}}"#
        let answer = try await stage.server.send("PUT", "/v1/bot-modules/\(path)?account_id=acct_1", wrong)
        #expect(answer.status == 422 && answer.json["error"]?["details"]?.array?.count == 3)
        _ = try await stage.change("PUT", path, #"{"config": {"blocked": ["zebra"]}}"#)
        #expect(try await stage.isModerated("a zebra"))
    }

    private func kill(on stage: Stage) async throws {
        let (twitch, room) = (stage.twitch, stage.room), id = stage.installs["moderator"] ?? ""
        let bob = twitch.person("Bob")
        let killed = try await stage.change("POST", "kill", #"{"install_id": "\#(id)", "reason": "a test"}"#)
        #expect(killed["meta"]?["convergence"]?["converged"] == true)
        // What was on its way to Twitch already arrives.
        try await Task.sleep(for: .milliseconds(100))
        let before = twitch.deeds.count
        let spared = twitch.say("a zebra again", by: bob, in: room)
        twitch.say("!rank", by: bob, in: room)
        #expect(try await stage.eventually { stage.said.contains { $0.hasPrefix("Bob, you have") } })
        #expect(!twitch.deeds.contains(.deleted(spared, room: room.id)))
        #expect(twitch.deeds.count == before + 1)
        let kept = try await stage.server.send("GET", "/v1/bot-modules/extensions/\(id)?account_id=acct_1")
        #expect(kept.json["data"]?["config"]?["blocked"] == ["zebra"], "the settings are kept")
        _ = try await stage.change("PATCH", "extensions/\(id)", #"{"enabled": true}"#)
        #expect(try await stage.isModerated("the zebra"))
    }
}
