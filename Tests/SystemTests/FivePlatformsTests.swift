import Domain
import Foundation
import PlatformStage
import RedisStage
import Testing

@Suite("Five platforms at once", .serialized, .timeLimit(.minutes(4)))
struct FivePlatformsTests {
    private let folder = TemporaryFolder()

    private func file(_ name: String, _ bytes: [UInt8]) -> String {
        let path = "\(folder.path)/\(name)"
        #expect(
            FileManager.default.createFile(
                atPath: path, contents: Data(bytes), attributes: [.posixPermissions: 0o600]))
        return path
    }

    /// A server with one account that has a bot on each platform, and forbids a word.
    private func stage(_ fakes: FiveFakes, _ arguments: [String]) async throws -> ServerProcess {
        let server = try await ServerProcess(data: folder.path, arguments: arguments)
        let made = try await server.send(
            "POST", "/v1/admin/accounts", #"{"account_id": "acct_1", "name": "Acme", "plan": "pro"}"#)
        #expect(made.status == 201)
        for platform in Platform.allCases {
            let connected = try await server.send(
                "PUT", "/v1/admin/accounts/acct_1/bots/\(platform.rawValue)",
                #"{"channel_id": "\#(fakes.channelID(on: platform))", "channel_name": "acme"}"#)
            #expect((200...201).contains(connected.status), "\(platform)")
        }
        let module = try await server.send(
            "PUT", "/v1/bot-modules/word_filter?account_id=acct_1",
            #"{"enabled": true, "config": {"blocked_words": ["badword1"]}}"#)
        #expect((200...201).contains(module.status))
        return server
    }

    /// Says the word until it is deleted: the bot may not be there yet.
    ///
    /// - Returns: after how many seconds; nil when it never was.
    private func moderated(_ platform: Platform, _ fakes: FiveFakes, within secondsMax: Double) async throws -> Double?
    {
        let began = ContinuousClock.now
        while true {
            let seconds = (ContinuousClock.now - began) / .seconds(1)
            guard seconds < secondsMax else { return nil }
            let id = fakes.say("badword1 \(seconds)", on: platform)
            for _ in 0..<10 {
                if fakes.deletions(on: platform)[id] != nil { return (ContinuousClock.now - began) / .seconds(1) }
                try await Task.sleep(for: .milliseconds(30))
            }
        }
    }

    @Test func `are moderated by workers that share them, and when one of them dies by the other`() async throws {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let redis = try RedisServer(), address = "redis://127.0.0.1:\(redis.port)"
        let fakes = try await FiveFakes.start()
        let key = file("kick.pem", Array(try FakeKick.publicKey().utf8))
        let server = try await stage(fakes, ["--redis", address, "--kick-public-key", key])
        let credentials = file("credentials.json", fakes.credentials.bytes)
        let courier = Task { await fakes.carryWebhooks(to: server.address) }
        var workers = try ["w1", "w2"].map {
            try WorkerProcess(name: $0, feed: address, ["--credentials", credentials])
        }
        for platform in Platform.allCases {
            #expect(try await moderated(platform, fakes, within: 30) != nil, "\(platform)")
        }
        workers.removeLast().end(with: SIGKILL)
        let died = ContinuousClock.now
        for platform in Platform.allCases {
            #expect(try await moderated(platform, fakes, within: 20) != nil, "\(platform)")
        }
        print(
            "five platforms: moderated again \((ContinuousClock.now - died) / .seconds(1)) s after a worker was killed")
        for platform in Platform.allCases {
            #expect(fakes.deletions(on: platform).values.allSatisfy { $0 == 1 }, "\(platform)")
        }
        #expect(workers[0].end() == 0)
        courier.cancel()
        await fakes.stop()
        redis.stop()
    }

    @Test func `are moderated by the worker in the server's own process`() async throws {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let fakes = try await FiveFakes.start()
        let key = file("kick.pem", Array(try FakeKick.publicKey().utf8))
        let credentials = file("credentials.json", fakes.credentials.bytes)
        let server = try await stage(
            fakes, ["--with-worker", "--credentials", credentials, "--kick-public-key", key])
        let courier = Task { await fakes.carryWebhooks(to: server.address) }
        for platform in Platform.allCases {
            #expect(try await moderated(platform, fakes, within: 30) != nil, "\(platform)")
        }
        let forged = try await server.send("POST", "/v1/webhooks/kick", "{}")
        #expect(forged.status == 403)
        courier.cancel()
        await fakes.stop()
        #expect(server.end(with: SIGTERM) == 0)
    }
}
