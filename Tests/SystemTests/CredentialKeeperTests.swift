import Domain
import Foundation
import PlatformStage
import Platforms
import TestTools
import Testing

@testable import botcontrol

@Suite("A worker's credentials", .timeLimit(.minutes(2)))
struct CredentialKeeperTests {
    private let folder = TemporaryFolder()
    private let log = LogCollector()

    init() throws {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    }

    private func write(_ json: JSON, _ name: String = "credentials.json", mode: Int = 0o600) throws -> String {
        let path = "\(folder.path)/\(name)"
        try? FileManager.default.removeItem(atPath: path)
        #expect(
            FileManager.default.createFile(
                atPath: path, contents: Data(json.bytes), attributes: [.posixPermissions: mode]))
        return path
    }

    private func keeper(_ path: String) throws -> CredentialKeeper { try CredentialKeeper(path, logger: log.logger) }

    private static let discord: JSON = ["discord": ["token": "t-1", "user_id": "7"]]

    @Test(arguments: [0o644, 0o640, 0o604, 0o660])
    func `are not read when others may read them`(mode: Int) throws {
        let path = try write(Self.discord, mode: mode)
        let failure = try #require(throws: CommandFailure.self) { try keeper(path) }
        #expect("\(failure)".contains("chmod 600 \(path)"))
    }

    @Test func `are refused with all that is wrong with them, and nothing of them`() throws {
        let path = try write([
            "twitch": ["token": "very-secret"], "kick": ["token": "hidden-away", "user_id": 7, "refresh_token": "rrr"],
            "discord": ["token": "t", "user_id": "1", "vip_roles": ["1", 2], "tokn": "typo"], "mixer": [:],
        ])
        let failure = try #require(throws: CommandFailure.self) { try keeper(path) }
        let text = "\(failure)"
        for part in [
            "twitch.user_id", "twitch.login", "twitch.client_id", "kick.user_id", "kick.refresh_token",
            "discord.vip_roles", "discord.tokn", "mixer",
        ] { #expect(text.contains(part), "\(part): \(text)") }
        for secret in ["very-secret", "hidden-away", "rrr"] { #expect(!text.contains(secret)) }
    }

    @Test func `come from a directory, too, or from the environment`() throws {
        _ = try write(["token": "a", "user_id": "1"], "discord.json")
        _ = try write(["token": "b", "user_id": "2", "client_id": "c"], "trovo.json")
        let secrets = try keeper(folder.path).secrets
        #expect(Set(secrets.keys) == [.discord, .trovo])
        #expect(secrets[.trovo]?.token == Secret("b"))
        let variables = try CredentialsPlace.variables([
            "BOTCONTROL_DISCORD_TOKEN": "x", "BOTCONTROL_DISCORD_VIP_ROLES": "1, 2",
            "BOTCONTROL_YOUTUBE_QUOTA_UNITS": "500",
            "PATH": "/bin", "BOTCONTROL_KICK_TOKEN": "",
        ])
        #expect(
            variables == ["youtube": ["quota_units": 500], "discord": ["token": "x", "vip_roles": ["1", "2"]]])
        #expect(throws: CommandFailure.self) { try CredentialsPlace.variables(["PATH": "/bin"]) }
    }

    @Test func `are read again when they change, and stay when they are broken`() throws {
        let path = try write(Self.discord), keeper = try keeper(path)
        let token = try #require(keeper.token(of: .discord))
        _ = try write(["discord": ["token": "t-2", "user_id": "7"]])
        keeper.reload()
        #expect(token.current == Secret("t-2"))
        for broken: JSON in [["discord": ["user_id": "7"]], [], ["discord": 7]] {
            _ = try write(broken)
            keeper.reload()
            #expect(token.current == Secret("t-2"))
        }
        _ = try write(["discord": ["token": "t-3", "user_id": "7"]], mode: 0o644)
        keeper.reload()
        #expect(token.current == Secret("t-2"))
        try FileManager.default.removeItem(atPath: path)
        keeper.reload()
        #expect(token.current == Secret("t-2"))
        _ = try write(["discord": ["token": "t-4", "user_id": "8"]])
        keeper.reload()
        #expect(token.current == Secret("t-4"))
        #expect(log.text.contains("takes effect when the worker starts again"))
        for secret in ["t-1", "t-2", "t-3", "t-4"] { #expect(!log.text.contains(secret)) }
    }

    // MARK: renewal

    /// A platform's token server, and the entry by which it gives tokens.
    private struct TokenStage {
        let platform: Platform
        let entry: JSON
        let token: @Sendable () -> String, refreshToken: @Sendable () -> String
        let requestCount: @Sendable () -> Int
        let stop: @Sendable () async -> Void

        static func start(_ platform: Platform) async throws -> TokenStage {
            switch platform {
            case .kick:
                let kick = try await FakeKick.start()
                return TokenStage(
                    platform: platform, id: kick.clientID, secret: kick.clientSecret, base: kick.server.api,
                    token: { kick.token }, refreshToken: { kick.refreshToken },
                    requestCount: { kick.server.requests.count }, stop: { await kick.stop() })
            case .trovo:
                let trovo = try await FakeTrovo.start()
                return TokenStage(
                    platform: platform, id: trovo.clientID, secret: trovo.clientSecret, base: trovo.server.api,
                    token: { trovo.token }, refreshToken: { trovo.refreshToken },
                    requestCount: { trovo.server.requests.count }, stop: { await trovo.stop() })
            case .youtube:
                let youTube = try await FakeYouTube.start()
                return TokenStage(
                    platform: platform, id: youTube.clientID, secret: youTube.clientSecret, base: youTube.server.api,
                    token: { youTube.token }, refreshToken: { youTube.refreshToken },
                    requestCount: { youTube.server.requests.count }, stop: { await youTube.stop() })
            case .twitch, .discord:
                let twitch = try await FakeTwitch.start()
                return TokenStage(
                    platform: .twitch, id: twitch.credentials.clientID.exposed, secret: twitch.clientSecret,
                    base: twitch.endpoints.api, token: { twitch.validToken }, refreshToken: { twitch.refreshToken },
                    requestCount: { twitch.refreshCount }, stop: { await twitch.stop() })
            }
        }

        private init(
            platform: Platform, id: String, secret: String, base: String, token: @escaping @Sendable () -> String,
            refreshToken: @escaping @Sendable () -> String, requestCount: @escaping @Sendable () -> Int,
            stop: @escaping @Sendable () async -> Void
        ) {
            (self.platform, self.token, self.refreshToken) = (platform, token, refreshToken)
            (self.requestCount, self.stop) = (requestCount, stop)
            entry = [
                "client_id": .string(id), "client_secret": .string(secret), "token": .string(token()),
                "refresh_token": .string(refreshToken()), "user_id": "7", "login": "bot", "auth": .string(base),
            ]
        }
    }

    static let renewable: [Platform] = [.twitch, .youtube, .kick, .trovo]

    @Test(arguments: renewable)
    func `are renewed by the platform's own rules, and written down`(platform: Platform) async throws {
        let stage = try await TokenStage.start(platform)
        let path = try write(
            .object([.init(platform.rawValue, stage.entry), .init("discord", ["token": "d", "user_id": "1"])]))
        let keeper = try keeper(path), token = try #require(keeper.token(of: platform))
        for _ in 0..<3 {
            let refused = token.current
            #expect(await token.renew(insteadOf: refused))
            #expect(token.current != refused)
            #expect(token.current == Secret(stage.token()))
            let kept = try JSONParser.parse(Array(try #require(FileManager.default.contents(atPath: path))))
            #expect(kept[platform.rawValue]?["token"]?.string == stage.token())
            #expect(kept[platform.rawValue]?["refresh_token"]?.string == stage.refreshToken())
            #expect(kept[platform.rawValue]?["expires_at"]?.string.flatMap { Timestamp($0) } != nil)
            #expect(kept["discord"]?["token"] == "d")
        }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        // Whoever starts now begins with what was written down.
        #expect(try CredentialKeeper(path, logger: log.logger).secrets[platform]?.token == token.current)
        for secret in [stage.token(), stage.refreshToken(), stage.entry["client_secret"]?.string ?? ""] {
            #expect(!log.text.contains(secret))
        }
        await stage.stop()
    }

    @Test(arguments: renewable)
    func `are asked for once by many who are refused at once, in however many processes`(platform: Platform)
        async throws
    {
        let stage = try await TokenStage.start(platform)
        let path = try write(.object([.init(platform.rawValue, stage.entry)]))
        let keepers = [try keeper(path), try keeper(path), try keeper(path)]
        let refused = try #require(keepers[0].token(of: platform)).current
        await withTaskGroup(of: Void.self) { group in
            for keeper in keepers {
                for _ in 0..<10 {
                    group.addTask { _ = await keeper.token(of: platform)?.renew(insteadOf: refused) }
                }
            }
        }
        for keeper in keepers { #expect(keeper.token(of: platform)?.current == Secret(stage.token())) }
        #expect(stage.requestCount() == 1)
        await stage.stop()
    }

    @Test(arguments: renewable)
    func `stay when no new ones are given, and the platform is not hammered`(platform: Platform) async throws {
        let stage = try await TokenStage.start(platform)
        guard case .object(let members) = stage.entry else { return }
        let entry = JSON.object(
            members.map { $0.name == "refresh_token" ? .init("refresh_token", "over-and-done") : $0 })
        let keeper = try keeper(try write(.object([.init(platform.rawValue, entry)])))
        let token = try #require(keeper.token(of: platform)), refused = token.current
        for _ in 0..<20 { #expect(await token.renew(insteadOf: refused) == false) }
        #expect(token.current == refused)
        #expect(stage.requestCount() == 1)
        #expect(log.text.contains("has to agree again"))
        #expect(!log.text.contains("over-and-done"))
        await stage.stop()
    }

    @Test func `show themselves in no description`() throws {
        let path = try write([
            "kick": [
                "token": "aaa-token", "user_id": "1", "client_id": "ccc", "client_secret": "sss-secret",
                "refresh_token": "rrr-refresh",
            ]
        ])
        let keeper = try keeper(path), secret = try #require(keeper.secrets[.kick])
        var text = "\(secret) \(String(reflecting: secret)) \(String(describing: keeper.token(of: .kick)))"
        dump(secret, to: &text)
        dump(secret.token, to: &text)
        dump(keeper.token(of: .kick), to: &text)
        if let (_, grant) = secret.grant { dump(grant, to: &text) }
        for part in ["aaa-token", "sss-secret", "rrr-refresh"] { #expect(!text.contains(part), "\(part)") }
    }
}
