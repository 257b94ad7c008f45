import Domain
import Extensions
import Foundation
import Logging
import PlatformStage
import Platforms
import RedisStage
import Sandbox
import ServiceLifecycle
import TestTools
import Testing

@testable import Worker

/// A module that welcomes whatever happens, in the real sandbox, on platforms that speak their own protocols.
@Suite("Extensions hear what happens on", .serialized, .timeLimit(.minutes(2)))
struct ExtensionEventsTests {
    private static let names = PlatformEvent.Name.allCases.filter { $0.platform != .twitch }.map(\.rawValue)
    private let folder = TemporaryFolder()

    /// It says who did what, and what is known of it.
    private func program() throws -> String {
        let path = folder.path + "/greeter"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let triggers = Self.names.map { #"{"id": "\#($0)", "type": "event", "default": {"event": "\#($0)"}}"# }
        let manifest = """
            {"extensionId": "b5d2c1b8-96e7-4f35-b0d9-3c8e7f6a5d34", "name": "Greeter", "description": "Greets.",
             "version": "1.0.0", "category": "bot_module", "main": "main.js", "permissions": ["chat:send"],
             "visibility": "public", "triggers": [\(triggers.joined(separator: ", "))], "config_schema": {}}
            """
        let program = """
            import { defineBotModule, event, actions } from "@lumio/bot";
            const greet = ({ event: { type, data }, user }) => actions.say(
              `${type} ${user?.name ?? "nobody"} ${data.total ?? data.bits ?? data.amount ?? data.viewers ?? ""}`);
            export default defineBotModule({ triggers: \(JSON.array(Self.names.map { .string($0) }).text).map(
              (name) => event(name, greet)) });
            """
        try manifest.write(toFile: path + "/lumio.config.json", atomically: true, encoding: .utf8)
        try program.write(toFile: path + "/main.js", atomically: true, encoding: .utf8)
        return path
    }

    private func bundle() throws -> ExtensionBundle {
        let packed = try Program.run(["extension", "pack", try program()])
        #expect(packed.status == 0, "\(packed.errors)")
        return try ExtensionBundle(stored: Array(packed.output.trimmingCharacters(in: .newlines).utf8))
    }

    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func connection(
        _ platform: Platform, _ fakes: FiveFakes, _ client: APIClient, _ inbox: KickInbox
    ) -> BotConnection? {
        func bot(_ token: String, _ id: String, clientID: String = "") -> BotCredentials {
            BotCredentials(
                clientID: clientID, access: BotToken(Secret(token)) { _ in nil }, userID: id, login: "lumiobot")
        }
        let rest = ReconnectRest(firstMax: .milliseconds(20))
        switch platform {
        case .twitch: return nil
        case .kick:
            return Kick.connection(
                client, endpoints: fakes.kick.endpoints, bot: bot(fakes.kick.token, fakes.kick.bot.id), inbox: inbox,
                rest: rest, log: logger)
        case .youtube:
            return YouTube.connection(
                client, endpoints: fakes.youTube.endpoints,
                bot: bot(fakes.youTube.token, FakeYouTube.channelID(fakes.youTube.bot)), rest: rest,
                findEvery: .milliseconds(50), log: logger)
        case .trovo:
            return Trovo.connection(
                client, endpoints: fakes.trovo.endpoints,
                bot: bot(fakes.trovo.token, fakes.trovo.bot.id, clientID: fakes.trovo.clientID), rest: rest,
                log: logger)
        case .discord:
            return Discord.connection(
                client, endpoints: fakes.discord.endpoints, bot: bot(fakes.discord.token, fakes.discord.bot.id),
                rest: rest, identifyEvery: .milliseconds(10), log: logger)
        }
    }

    private static let expected: [Platform: [(kind: PlatformEvent.Kind, said: String)]] = [
        .kick: [
            (.follower, "kick:follower Eve"), (.giftSub, "kick:gift_sub Eve 5"), (.cheer, "kick:cheer Eve 100"),
            (.streamOnline, "kick:stream_online acme"),
        ],
        .youtube: [(.cheer, "youtube:cheer Eve €5.00"), (.giftSub, "youtube:gift_sub Eve 5")],
        .trovo: [(.raid, "trovo:raid Eve 12"), (.giftSub, "trovo:gift_sub Eve 5"), (.cheer, "trovo:cheer Eve 100")],
        .discord: [(.ban, "discord:ban Eve")],
    ]

    @Test(arguments: [Platform.kick, .youtube, .trovo, .discord])
    func `other platforms than Twitch`(platform: Platform) async throws {
        let fakes = try await FiveFakes.start(), client = APIClient(), inbox = KickInbox(), feed = try FeedDesk()
        let channel = fakes.channelID(on: platform)
        feed.connect(platform, channel: channel, name: "acme", bot: "1000")
        try feed.install(bundle(), as: "11111111-1111-4111-8111-111111111111")
        let host = ExtensionHost(
            live: feed.live, keyValues: MemoryKeyValues(), fetcher: Fetcher(), requests: RequestPurses())
        let launch = ChildLaunch(executable: Program.path, arguments: ["sandbox"])
        let pool = SandboxPool(SandboxPool.Options(launch: launch, children: 1), hosting: host)
        let connection = try #require(Self.connection(platform, fakes, client, inbox))
        var configuration = ChatPlane.Configuration(worker: "w")
        configuration.logger = Self.logger
        configuration.platforms = [platform: .init(hands: connection.hands, ears: connection.ears)]
        var extensions = ExtensionPlane.Configuration(worker: "w", runner: pool, bundles: feed)
        extensions.logger = Self.logger
        configuration.extensions = extensions
        let place = ChatChannel(platform: .kick, accountID: FeedDesk.account, id: channel)
        let door = KickDoor(try KickVerifier(publicKey: FakeKick.publicKey())) { _ in
            place
        } hand: {
            await inbox.put($0)
        }
        let courier = Task {
            await fakes.kick.send { if let webhook = $0.webhook { _ = await door.receive(webhook) } }
        }
        let plane = ChatPlane(configuration, live: feed.live, report: { _ in })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in plane.services { group.addTask { try await service.run() } }
            for (kind, expected) in try #require(Self.expected[platform]) {
                // The bot may not be there yet: what happens before it comes is told to nobody.
                for _ in 0..<40 where !fakes.said(on: platform).contains(expected) {
                    fakes.happens(kind, on: platform)
                    for _ in 0..<20 where !fakes.said(on: platform).contains(expected) {
                        try await Task.sleep(for: .milliseconds(25))
                    }
                }
                #expect(fakes.said(on: platform).contains(expected), "\(fakes.said(on: platform))")
            }
            group.cancelAll()
        }
        courier.cancel()
        pool.close()
        await client.close()
        await fakes.stop()
    }

    @Test func `Kick, by the server's webhooks and Redis, in processes of their own`() async throws {
        let redis = try RedisServer(), kick = try await FakeKick.start()
        let stage = try await ExtensionStage(in: folder, redis: "redis://127.0.0.1:\(redis.port)", kick: kick)
        let courier = Task { await kick.carryWebhooks(to: stage.server.address) }
        try await stage.install("greeter", from: program())
        #expect(await eventually { kick.isSubscribed(to: .cheer) && kick.isSubscribed(to: .follower) })
        kick.happens(.cheer, by: "Eve")
        kick.repeatLast()
        kick.happens(.follower, by: "Eve")
        #expect(await eventually { kick.deeds.count >= 2 })
        try await Task.sleep(for: .milliseconds(300))
        let said = kick.deeds.compactMap { if case .said(let text) = $0 { text } else { nil } }
        let texts = said.map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(texts.sorted() == ["kick:cheer Eve 100", "kick:follower Eve"])
        courier.cancel()
        await kick.stop()
        await stage.stop()
    }

    @Test(arguments: Platform.allCases)
    func `are documented as they are told`(platform: Platform) throws {
        let kinds = platform.eventKinds.map(\.rawValue)
        let typings =
            kinds.count == 1
            ? "\"\(platform.rawValue):\(kinds[0])\""
            : "`\(platform.rawValue):${\(kinds.map { "\"\($0)\"" }.joined(separator: " | "))}`"
        #expect(AuthorModule.typings.contains("| \(typings)"), "lumio-bot.d.ts names no others")
        let guide = try String(
            contentsOf: ExtensionCommandTests.root.appendingPathComponent("docs/extensions.md"), encoding: .utf8)
        let rows = guide.split(separator: "\n").map {
            $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let head = try #require(rows.first { $0.contains("`\(platform.rawValue):`") })
        let column = try #require(head.firstIndex(of: "`\(platform.rawValue):`"))
        for kind in PlatformEvent.Kind.allCases {
            let row = try #require(rows.first { $0.first == "`\(kind.rawValue)`" && $0.count == head.count })
            #expect((row[column] != "–") == kinds.contains(kind.rawValue), "\(platform.rawValue):\(kind.rawValue)")
        }
    }
}
