import Domain
import Foundation
import Platforms
import Synchronization
import TestTools
import Testing
import PlatformStage

/// Where extensions are put to work by processes: a server with an author's account and a streamer's, a Twitch with the
/// streamer's room, and a worker between them.
final class ExtensionStage: Sendable {
    let server: ServerProcess
    let twitch: FakeTwitch
    let room: FakeTwitch.Person
    /// A system key, for workers.
    let key: String
    let worker: WorkerProcess
    /// What the worker reads chat from; nil when it listens on Twitch.
    let chat: ChatPipe?
    private let installs = Mutex<[String: String]>([:])
    private let folder: TemporaryFolder
    private let feed: String, options: [String]

    /// - Parameters:
    ///   - isPiped: whether chat comes by the worker's `--input`.
    ///   - redis: where the feed comes by, instead of the server itself.
    ///   - kick: where the streamer has a channel besides, whose webhooks come by Redis.
    init(
        in folder: TemporaryFolder, isPiped: Bool = false, redis: String? = nil, kick: FakeKick? = nil
    ) async throws {
        self.folder = folder
        let arguments = (redis.map { ["--redis", $0] } ?? []) + (try kick.map { _ in try Self.kickKey(folder) } ?? [])
        server = try await ServerProcess(data: folder.path, arguments: arguments)
        twitch = try await FakeTwitch.start()
        room = twitch.room("aurora")
        key = try Self.token(folder, "--subject", "w", "--system-key")
        chat = isPiped ? try ChatPipe(in: folder) : nil
        for account in ["acct_1", "author"] {
            _ = try await server.send(
                "POST", "/v1/admin/accounts", #"{"account_id": "\#(account)", "name": "A", "plan": "pro"}"#)
        }
        _ = try await server.send(
            "PUT", "/v1/admin/accounts/acct_1/bots/twitch",
            #"{"channel_id": "\#(room.id)", "channel_name": "aurora", "bot_user_id": "\#(twitch.bot.id)"}"#)
        if let kick {
            _ = try await server.send(
                "PUT", "/v1/admin/accounts/acct_1/bots/kick",
                #"{"channel_id": "\#(kick.owner.id)", "channel_name": "acme", "bot_user_id": "\#(kick.bot.id)"}"#)
        }
        let input = chat.map { ["--input", $0.path, "--format", "irc", "--account", "acct_1"] } ?? []
        let credentials = ["--credentials", try Self.credentials(twitch, kick, in: folder)]
        (feed, options) = (redis ?? server.address, credentials + input)
        worker = try WorkerProcess(name: "w1", feed: feed, token: redis == nil ? key : nil, options)
        #expect(try await server.isFollowed(by: ["w1"]))
        if !isPiped { #expect(await eventually { twitch.eventSub.rooms == [room.id] }) }
    }

    /// Both processes end as they are asked to.
    func stop() async {
        #expect(worker.end() == 0)
        #expect(server.end(with: SIGTERM) == 0)
        await twitch.stop()
    }

    /// A worker in the place of the one that was there, which knows nothing of what that one knew.
    func relieve(by name: String) async throws -> WorkerProcess {
        #expect(worker.end() == 0)
        let next = try WorkerProcess(name: name, feed: feed, token: feed == server.address ? key : nil, options)
        #expect(try await server.isFollowed(by: [name]))
        #expect(await eventually { twitch.eventSub.rooms == [room.id] })
        return next
    }

    private static func token(_ folder: TemporaryFolder, _ arguments: String...) throws -> String {
        try Program.run(["token", "--data", folder.path] + arguments).output
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func kickKey(_ folder: TemporaryFolder) throws -> [String] {
        let path = folder.path + "-kick.pem"
        try FakeKick.publicKey().write(toFile: path, atomically: true, encoding: .utf8)
        return ["--kick-public-key", path]
    }

    private static func credentials(
        _ twitch: FakeTwitch, _ kick: FakeKick?, in folder: TemporaryFolder
    ) throws -> String {
        let path = folder.path + "/credentials.json", own = twitch.credentials
        let kicks = kick.map {
            #", "kick": {"token": "\#($0.token)", "user_id": "\#($0.bot.id)", "api": "\#($0.endpoints.api)"}"#
        }
        let text = """
            {"twitch": {"client_id": "\(own.clientID.exposed)", "token": "\(own.token.exposed)",
              "user_id": "\(own.userID)", "login": "\(own.login)", "api": "\(twitch.endpoints.api)",
              "event_sub": "\(twitch.endpoints.eventSub)", "irc": "\(twitch.endpoints.irc)"}\(kicks ?? "")}
            """
        #expect(
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]))
        return path
    }
}

// MARK: the store

extension ExtensionStage {
    /// A version that stands in the store.
    struct Published {
        let id: String, version: String
        /// As JSON.
        let permissions: String
        /// `standard` or `enhanced`.
        let reviewLevel: String
    }

    /// Submits what is in the folder, has it reviewed as its permissions demand, and publishes it.
    func publish(_ path: String) async throws -> Published {
        let author = try Self.token(
            folder, "--subject", "author", "--account", "author", "--permission", "extensions:submit")
        let submitted = try Program.run([
            "extension", "submit", path, "--server", server.address, "--token", author,
        ])
        #expect(submitted.status == 0, "\(submitted.errors)")
        let manifest = try JSONParser.parse(String(contentsOfFile: path + "/lumio.config.json", encoding: .utf8))
        let id = manifest["extensionId"]?.string ?? "", version = manifest["version"]?.string ?? ""
        let level = try await review(id, version)
        let answer = try await server.send("POST", "/v1/admin/extensions/\(id)/versions/\(version)/publish", "{}")
        #expect(answer.status == 200, "\(answer.json)")
        return Published(
            id: id, version: version, permissions: manifest["permissions"]?.text ?? "[]", reviewLevel: level)
    }

    /// One reviewer will do, or two with a justification each where the version asks for much.
    private func review(_ id: String, _ version: String) async throws -> String {
        let path = "/v1/admin/extensions/\(id)/versions/\(version)"
        let seen = try await server.send("GET", "/v1/extensions/\(id)").json["data"]?["versions"]?.array ?? []
        let level = seen.first { $0["version"]?.string == version }?["review_level"]?.string ?? ""
        #expect(try await server.send("POST", path + "/reviews", #"{"decision": "in_review"}"#).status == 200)
        guard level == "enhanced" else {
            #expect(try await server.send("POST", path + "/reviews", #"{"decision": "approved"}"#).status == 200)
            return level
        }
        let bare = try await server.send("POST", path + "/reviews", #"{"decision": "approved"}"#)
        #expect((400..<500).contains(bare.status), "without a justification")
        let approval = #"{"decision": "approved", "note": "It bans nobody but who is on the owner's list."}"#
        #expect(try await server.send("POST", path + "/reviews", approval).status == 200)
        #expect(try await server.send("POST", path + "/publish", "{}").status == 409, "one reviewer is not enough")
        let second = try Self.token(folder, "--subject", "second-reviewer", "--system-admin")
        let answer = try await server.send("POST", path + "/reviews", approval, as: second)
        #expect(answer.status == 200, "\(answer.json)")
        return level
    }

    /// Publishes it and installs it with all that it asks for.
    func install(_ name: String, from path: String, config: String = "{}") async throws {
        let published = try await publish(path)
        let body =
            #"{"extension_id": "\#(published.id)", "permissions": \#(published.permissions), "config": \#(config)}"#
        let answer = try await change("POST", "extensions", body)
        installs.withLock { $0[name] = answer["data"]?["install_id"]?.string }
    }

    /// The id of what was installed by that name.
    func id(_ name: String) -> String { installs.withLock { $0[name] } ?? "none" }

    /// Below `/v1/bot-modules/`; returns when the worker knows of it.
    @discardableResult
    func change(_ method: String, _ path: String, _ body: String) async throws -> JSON {
        let query = "?account_id=acct_1&wait=converged&timeout_ms=20000"
        let answer = try await server.send(method, "/v1/bot-modules/" + path + query, body)
        #expect((200..<300).contains(answer.status), "\(path): \(answer.json)")
        return answer.json
    }
}

// MARK: what is seen

extension ExtensionStage {
    var said: [String] { twitch.deeds.compactMap { if case .said(let text, _, _) = $0 { text } else { nil } } }

    var deleted: Set<String> { Set(twitch.deeds.compactMap { if case .deleted(let id, _) = $0 { id } else { nil } }) }

    /// The lines of the moderation log that an install has caused.
    func records(of name: String) async throws -> [JSON] {
        let path = "/v1/admin/moderation-log?account_id=acct_1&limit=100"
        let lines = try await server.send("GET", path).json["data"]?.array ?? []
        return lines.filter { $0["module"]?.string == "extension:" + id(name) }
    }

    /// What an install keeps under a key with the server, where no Redis is.
    func kept(_ name: String, _ function: String, _ key: String) async throws -> JSON {
        let body = #"{"install_id": "\#(id(name))", "function": "kv.\#(function)", "arguments": ["\#(key)"]}"#
        let answer = try await server.send("POST", "/v1/internal/kv", body, as: self.key)
        #expect(answer.status == 200, "\(answer.json)")
        return answer.json["data"]?["value"] ?? .null
    }
}
