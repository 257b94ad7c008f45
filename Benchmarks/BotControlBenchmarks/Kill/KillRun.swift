import ArgumentParser
import Domain
import Extensions
import Foundation
import Logging
import Platforms
import Sandbox
import ServiceLifecycle
import Synchronization
import Worker

/// Kills one extension after the other while each acts on a busy chat, and measures how long after the change's
/// `recorded_at` the last of its actions went out.
struct KillRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "kill")

    @Option var count = 200
    /// Lines of chat in each round, the kill in their middle; an install does 20 things a minute.
    @Option var lines = 18

    func run() async throws {
        let stage = try KillStage()
        var latencies: [UInt32] = []
        let started = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            let services = ServiceGroup(services: stage.services, logger: .quiet)
            group.addTask { try await services.run() }
            while !stage.isReady { try await Task.sleep(for: .milliseconds(10)) }
            for round in 0..<count { latencies.append(try await kill(round, on: stage)) }
            await services.triggerGracefulShutdown()
        }
        RunReport.write(
            suite: "kill", latencies: latencies, seconds: (ContinuousClock.now - started) / .seconds(1), callers: 1)
    }

    /// Nothing was done before the kill either: there is nothing to measure.
    private struct Idle: Error {}

    /// - Returns: nanoseconds, 0 when nothing went out after the change.
    private func kill(_ round: Int, on stage: KillStage) async throws -> UInt32 {
        let install = InstallID(stored: String(format: "00000000-0000-4000-8000-%012d", round))
        stage.put(install, isKilled: false)
        while !stage.knows(install) { try await Task.sleep(for: .milliseconds(1)) }
        let begun = stage.now
        var killedAt = begun
        for line in 0..<lines {
            if line == lines / 2 { killedAt = stage.put(install, isKilled: true) }
            stage.say("\(round)-\(line)")
            try await Task.sleep(for: .microseconds(300))
        }
        try await Task.sleep(for: .milliseconds(20))
        guard stage.lastDeed > begun else { throw Idle() }
        return UInt32(clamping: max(0, stage.lastDeed.microseconds - killedAt.microseconds) * 1000)
    }
}

extension Logger {
    fileprivate static var quiet: Logger { Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() }) }
}

/// A worker on a feed within the process, whose extensions want every line deleted.
private final class KillStage: Sendable {
    private static let account = AccountID(stored: "acct_1")

    private struct Runner: HandlerRunning, BundleSource {
        let stage: ExtensionBundle

        func load(_ program: SandboxedProgram) async throws(SandboxFailure) -> [DeclaredTrigger] {
            [DeclaredTrigger(ExtensionTrigger(id: "moderate", .moderate))]
        }
        func run(_ call: HandlerCall) async -> HandlerEnd {
            HandlerEnd(.returned(Array(#"{"type":"delete"}"#.utf8)))
        }
        func unload(_ install: InstallID) async {}
        func bundle(_ digest: BundleDigest) async throws -> [UInt8]? { stage.bytes }
    }

    private final class Hands: ChatActing {
        let last = Mutex(Timestamp(microseconds: 0))

        func perform(_ action: ChatAction, in channel: ChatChannel) async -> ChatOutcome {
            last.withLock { $0 = WallClock.system.now }
            return .done(seconds: nil)
        }
    }

    private let plane: ChatPlane
    private let data: DataPlane
    private let hands = Hands()
    private let bundle = ExtensionBundle(files: [
        ExtensionBundle.manifestPath: #"{"main":"main.js"}"#, "main.js": "",
    ])
    private let changes: AsyncStream<FeedChange>.Continuation
    private let last = Mutex(ChangeID(position: 1, index: 0))

    init() throws {
        let (stream, changes) = AsyncStream<FeedChange>.makeStream()
        self.changes = changes
        let entries = Self.documents
        var digest = DocumentDigest()
        for entry in entries { digest.add(DocumentKey(entry.kind, entry.key).hash(of: entry.value)) }
        let head = FeedHead(
            epoch: "bench.1", last: ChangeID(position: 1, index: 0), digest: digest, at: WallClock.system.now)
        let feed = LocalFeed(
            snapshot: { FeedSnapshot(head: head, entries: entries) },
            follow: { _, _, deliver in
                try await deliver(.bookmark(head))
                for await change in stream { try await deliver(.changes([change])) }
            }, acknowledge: { _ in })
        var configuration = DataPlane.Configuration(WorkerIdentity(name: "bench", version: "bench"))
        (configuration.logger, configuration.acknowledges) = (.quiet, false)
        data = try DataPlane(configuration, source: feed)
        var chat = ChatPlane.Configuration(worker: "bench")
        chat.platforms = [.twitch: .init(hands: hands)]
        chat.logger = .quiet
        let runner = Runner(stage: bundle)
        var extensions = ExtensionPlane.Configuration(worker: "bench", runner: runner, bundles: runner)
        extensions.logger = .quiet
        chat.extensions = extensions
        plane = ChatPlane(chat, live: data.live, report: { _ in })
    }

    var services: [any Service] { data.services + plane.services }
    var isReady: Bool { data.live.read { $0.isCaughtUp } }
    var now: Timestamp { WallClock.system.now }
    var lastDeed: Timestamp { hands.last.withLock { $0 } }

    func knows(_ install: InstallID) -> Bool { data.live.read { $0.set.install(install) != nil } }

    func say(_ id: String) {
        let channel = ChatChannel(platform: .twitch, accountID: Self.account, id: "c")
        plane.moderator.receive(
            ChatMessage(
                channel: channel, id: id, author: ChatUser(id: "7", login: "ada", name: "Ada"), text: "hello",
                sentAt: now))
    }

    /// - Returns: when it was recorded.
    @discardableResult
    func put(_ install: InstallID, isKilled: Bool) -> Timestamp {
        let now = now
        var document = ExtensionInstallDocument(
            installID: install, accountID: Self.account, extensionID: ExtensionID(stored: install.rawValue),
            release: .init(name: "Bench", version: "1", digest: BundleDigest(of: bundle.bytes), egress: .nowhere),
            enabled: true, granted: [.chatDelete], config: JSONText([:]), settings: JSONText([:]),
            overrides: JSONText([:]), triggers: [ExtensionTrigger(id: "moderate", .moderate)], exemptRoles: [],
            createdAt: now, updatedAt: now, revision: 0)
        if isKilled { document.kill = .init(reason: "bench", at: now) }
        let previous = last.withLock { $0 }
        let id = ChangeID(position: previous.position + 1, index: 0)
        last.withLock { $0 = id }
        changes.yield(
            FeedChange(
                id: id, previous: previous, kind: .extensionInstall, key: install.rawValue, value: document.bytes,
                recordedAt: now, correlationID: nil))
        return now
    }

    private static var documents: [FeedEntry] {
        let now = WallClock.system.now
        let connection = Bot.Connection(channelID: "c", channelName: "c", botUserID: nil)
        return [
            FeedEntry(
                kind: .account, key: account.rawValue,
                value: AccountDocument(
                    accountID: account, name: "A", plan: .pro, customBotAllowed: nil, createdAt: now, updatedAt: now,
                    revision: 0
                ).bytes),
            FeedEntry(
                kind: .bot, key: "\(account):twitch",
                value: BotDocument(
                    accountID: account, platform: .twitch, connection: connection, pause: nil, updatedAt: now,
                    revision: 0
                ).bytes),
        ]
    }
}
