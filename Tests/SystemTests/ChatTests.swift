import Domain
import Foundation
import Platforms
import Redis
import RedisStage
import TestTools
import Testing
import PlatformStage

/// The manual's data flow, step by step, with processes: an owner configures a module, somebody writes, the bot acts.
@Suite("Chat, from the owner's setting to the deed", .serialized, .timeLimit(.minutes(3)))
struct ChatTests {
    private let folder = TemporaryFolder()

    /// A server with one account whose bot is in a room of Twitch's.
    private struct Stage {
        let server: ServerProcess
        let twitch: FakeTwitch
        let room: FakeTwitch.Person
        let token: String, credentials: String

        func configure(_ module: String, _ body: String) async throws {
            let answer = try await server.send("PUT", "/v1/bot-modules/\(module)?account_id=acct_1", body)
            #expect(answer.status == 200)
        }

        func pause(_ isPaused: Bool) async throws {
            let path = "/v1/admin/bot-control/acct_1/twitch?wait=converged&timeout_ms=20000"
            let answer = try await server.send("PUT", path, #"{"paused": \#(isPaused)}"#)
            #expect(answer.json["meta"]?["convergence"]?["converged"] == true)
        }

        /// Says something that the module forbids, until it is gone: the bot may not be in the room yet.
        func isModerated() async throws -> Bool {
            for _ in 0..<200 {
                let id = twitch.say("probe badword1", by: twitch.person("prober"), in: room)
                for _ in 0..<5 where !deleted.contains(id) { try await Task.sleep(for: .milliseconds(20)) }
                if deleted.contains(id) { return true }
            }
            return false
        }

        var deleted: Set<String> {
            Set(twitch.deeds.compactMap { if case .deleted(let id, _) = $0 { id } else { nil } })
        }
    }

    private func stage(arguments: [String] = [], chat: String = "eventsub") async throws -> Stage {
        let server = try await ServerProcess(data: folder.path, arguments: arguments)
        let twitch = try await FakeTwitch.start()
        let room = twitch.room("aurora")
        let registered = try await server.send(
            "POST", "/v1/admin/accounts", #"{"account_id": "acct_1", "name": "Aurora", "plan": "pro"}"#)
        let connected = try await server.send(
            "PUT", "/v1/admin/accounts/acct_1/bots/twitch",
            #"{"channel_id": "\#(room.id)", "channel_name": "aurora", "bot_user_id": "\#(twitch.bot.id)"}"#)
        #expect((registered.status, connected.status) == (201, 200) || connected.status == 200)
        let token = try Program.run(["token", "--data", folder.path, "--subject", "w", "--system-key"]).output
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let stage = Stage(
            server: server, twitch: twitch, room: room, token: token, credentials: try write(twitch, chat: chat))
        try await stage.configure(
            "word_filter",
            """
            {"enabled": true,
             "config": {"blocked_words": ["badword1"], "action": "timeout", "timeout_duration": 30}}
            """
        )
        return stage
    }

    private func write(_ twitch: FakeTwitch, chat: String) throws -> String {
        let path = folder.path + "/credentials.json"
        let (own, there) = (twitch.credentials, twitch.endpoints)
        let text = """
            {"twitch": {"client_id": "\(own.clientID.exposed)", "token": "\(own.token.exposed)",
              "user_id": "\(own.userID)", "login": "\(own.login)", "chat": "\(chat)", "api": "\(there.api)",
              "event_sub": "\(there.eventSub)",
              "irc": "\(there.irc)"}}
            """
        #expect(
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]))
        return path
    }

    @Test(arguments: ["eventsub", "irc"])
    func `deletes and silences, obeys a pause, and says in the log what it did`(chat: String) async throws {
        let stage = try await stage(chat: chat)
        let worker = try WorkerProcess(
            name: "w1", feed: stage.server.address, token: stage.token, ["--credentials", stage.credentials])
        #expect(try await stage.isModerated())
        let bob = stage.twitch.person("bob")
        let fine = stage.twitch.say("hello", by: bob, in: stage.room)
        let bad = stage.twitch.say("you badword1", by: bob, in: stage.room)
        #expect(await eventually { stage.deleted.contains(bad) })
        #expect(
            await eventually {
                stage.twitch.deeds.contains {
                    if case .timedOut(bob.id, 30, _, stage.room.id) = $0 { true } else { false }
                }
            })
        #expect(!stage.deleted.contains(fine))

        try await stage.pause(true)
        let during = stage.twitch.say("badword1 in a pause", by: bob, in: stage.room)
        try await stage.pause(false)
        #expect(try await stage.isModerated())
        #expect(!stage.deleted.contains(during))

        let log = "/v1/admin/moderation-log?account_id=acct_1&limit=100"
        #expect(
            await eventually {
                let lines = try await stage.server.send("GET", log).json["data"]?.array ?? []
                let line = lines.first { $0["message_id"]?.string == bad && $0["action"] == "delete" }
                return line?["outcome"] == "done" && line?["rule"] == "blocked_words" && line?["worker"] == "w1"
            })
        let status = "/v1/admin/bot-control/statuses?platform=twitch&search=acct_1"
        #expect(
            await eventually {
                try await stage.server.send("GET", status).json["data"]?.array?.first?["last_heartbeat_at"]?.string
                    != nil
            })
        #expect(worker.end() == 0)
        await stage.twitch.stop()
        stage.server.end(with: SIGTERM)
    }

    @Test func `out of Redis is acted on by another worker when one is killed in the middle`() async throws {
        let redis = try RedisServer()
        let address = "redis://127.0.0.1:\(redis.port)"
        let stage = try await stage(arguments: ["--redis", address])
        let start: (String) throws -> WorkerProcess = { name in
            try WorkerProcess(
                name: name, feed: address, ["--input", "redis", "--credentials", stage.credentials])
        }
        let first = try start("w1")
        #expect(try await stage.server.isFollowed(by: ["w1"]))
        stage.twitch.fault(.delete, .hang, times: 4)
        let session = try RedisSession(redis.url)
        let ids = (0..<10).map { number in
            stage.twitch.say("badword1", by: stage.twitch.person("viewer\(number)"), in: stage.room)
        }
        for (number, id) in ids.enumerated() {
            let viewer = stage.twitch.person("viewer\(number)")
            let message = ChatMessage(
                channel: ChatChannel(platform: .twitch, accountID: AccountID(stored: "acct_1"), id: stage.room.id),
                id: id, author: ChatUser(id: viewer.id, login: viewer.login, name: viewer.name), text: "badword1",
                sentAt: WallClock.system.now)
            var writer = JSONWriter()
            message.encode(into: &writer)
            _ = try session.send(RedisCommand("XADD", "lumio:chat:messages", "*", "message").with(writer.bytes))
        }
        #expect(await eventually { stage.twitch.requests.contains { $0.route == .delete } })
        first.end(with: SIGKILL)
        let second = try start("w2")
        for _ in 0..<45 where !stage.deleted.isSuperset(of: ids) { try await Task.sleep(for: .seconds(1)) }
        #expect(stage.deleted.isSuperset(of: ids))
        #expect(second.end() == 0)
        let pending = try redis.send("XPENDING", "lumio:chat:messages", "botcontrol").array?.first?.integer
        #expect(pending == 0)
        await stage.twitch.stop()
        stage.server.end(with: SIGTERM)
        redis.stop()
    }

    @Test func `of a file is explained by a dry run, and nothing is done`() async throws {
        let stage = try await stage()
        let lines = ["hello", "you badword1", "b4dw0rd1 again"].enumerated().map { number, text in
            """
            {"platform": "twitch", "channel_id": "c", "message_id": "m\(number)", "user": {"id": "7", "login": "bob"},
             "text": "\(text)", "sent_at": "2020-01-01T00:00:0\(number)Z"}
            """.replacing("\n", with: "")
        }
        let path = folder.path + "/chat.ndjson"
        try (lines + ["nonsense"]).joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        let done = try Program.run([
            "worker", "--feed", stage.server.address, "--token", stage.token, "--dry-run", "--input", path, "--account",
            "acct_1",
        ])
        let verdicts = try done.output.split(separator: "\n").map { try JSONParser.parse(String($0)) }
        #expect(verdicts.map { $0["message_id"]?.string } == ["m1", "m2"])
        #expect(verdicts.allSatisfy { $0["verdict"]?["action"] == "timeout" })
        #expect(done.status == 0)
        #expect(done.errors.contains("line 4 of \(path)"))
        #expect(stage.twitch.requests.isEmpty)
        await stage.twitch.stop()
        stage.server.end(with: SIGTERM)
    }

    @Test func `needs credentials that nobody else can read`() throws {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let path = folder.path + "/credentials.json"
        let worker = ["worker", "--feed", "http://127.0.0.1:9", "--credentials", path]
        func run(_ text: String, _ mode: Int) throws -> Program.Outcome {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            return try Program.run(worker)
        }
        let open = try run(#"{"twitch": {"token": "hush"}}"#, 0o644)
        #expect(open.status == 3 && open.errors.contains("chmod 600"))
        let incomplete = try run(#"{"twitch": {"token": "hush", "colour": 1}}"#, 0o600)
        #expect(incomplete.status == 2 && incomplete.errors.contains("twitch.client_id is required"))
        #expect(incomplete.errors.contains("twitch.colour") && !incomplete.errors.contains("hush"))
        #expect(try run("{", 0o600).status == 2)
    }
}
