import ArgumentParser
import AsyncHTTPClient
import Domain
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Redis
import ServiceLifecycle
import Synchronization
import Worker

/// Pauses and resumes a bot of a running server, one command after the other, and measures how long it takes from the
/// change's `recorded_at` to the moment when each of so many workers has applied it.
struct ConvergeRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "converge")

    @Option(help: "The server that takes the commands.") var server: String
    @Option(help: "Of a system administrator.") var token: String
    @Option(help: "A system key for the feed over HTTP.") var key: String
    @Option(help: "Workers follow this Redis; the server itself when absent.") var redis: String?
    @Option var account = "acct_000002"
    @Option var workers = 1
    @Option var count = 500
    @Option var pauseMs = 5.0

    func run() async throws {
        let latencies = Latencies()
        let sources = try (0..<workers).map { _ in TimedFeed(try source(), latencies) }
        let planes = try sources.enumerated().map { number, source in
            var configuration = DataPlane.Configuration(WorkerIdentity(name: "bench-\(number)", version: "bench"))
            configuration.logger = Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() })
            return try DataPlane(configuration, source: source)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            let services = ServiceGroup(
                services: planes.flatMap(\.services),
                logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() }))
            group.addTask { try await services.run() }
            while !planes.allSatisfy({ $0.live.read { $0.isCaughtUp } }) {
                try await Task.sleep(for: .milliseconds(50))
            }
            // It may be paused already: what changes nothing would be waited for.
            try await pause(false)
            try await Task.sleep(for: .milliseconds(200))
            latencies.start()
            let elapsed = try await command()
            try await latencies.wait(for: count * workers)
            RunReport.write(suite: "converge", latencies: latencies.all, seconds: elapsed, callers: workers)
            await services.triggerGracefulShutdown()
        }
    }

    private func source() throws -> any FeedSource {
        if let redis { return RedisFeed(try RedisURL(redis)) }
        return HTTPFeed(server: server, token: key)
    }

    private func command() async throws -> Double {
        let started = ContinuousClock.now
        for number in 0..<count {
            try await pause(number % 2 == 0)
            try await Task.sleep(for: .milliseconds(pauseMs))
        }
        return (ContinuousClock.now - started) / .seconds(1)
    }

    private func pause(_ isPaused: Bool) async throws {
        var request = HTTPClientRequest(url: "\(server)/v1/admin/bot-control/\(account)/twitch")
        request.method = .PUT
        request.headers = ["Authorization": "Bearer \(token)", "Content-Type": "application/json"]
        request.body = .bytes(ByteBuffer(string: #"{"paused":\#(isPaused),"reason":"bench"}"#))
        let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        guard answer.status == .ok else { throw Refused(status: Int(answer.status.code)) }
        _ = try await answer.body.collect(upTo: 1 << 20)
    }

    private struct Refused: Error { let status: Int }
}

/// What all workers measure together.
private final class Latencies: Sendable {
    private struct State {
        var isOn = false
        var nanoseconds: [UInt32] = []
    }

    private let state = Mutex(State())

    func start() { state.withLock { $0.isOn = true } }

    func add(_ changes: [FeedChange]) {
        let now = WallClock.system.now
        state.withLock { state in
            guard state.isOn else { return }
            for change in changes {
                state.nanoseconds.append(UInt32(clamping: (now.microseconds - change.recordedAt.microseconds) * 1000))
            }
        }
    }

    var all: [UInt32] { state.withLock { $0.nanoseconds } }

    func wait(for count: Int) async throws {
        for _ in 0..<1_000 where state.withLock({ $0.nanoseconds.count }) < count {
            try await Task.sleep(for: .milliseconds(10))
        }
        guard all.count >= count else { throw Missing(seen: all.count, wanted: count) }
    }

    private struct Missing: Error { let seen: Int, wanted: Int }
}

/// A feed that looks at the clock when what it has delivered is applied.
private struct TimedFeed: FeedSource {
    let source: any FeedSource
    let latencies: Latencies

    init(_ source: any FeedSource, _ latencies: Latencies) {
        (self.source, self.latencies) = (source, latencies)
    }

    var transport: Acknowledgement.Transport { source.transport }

    func snapshot(beside held: HeldDocuments) async throws -> FeedSnapshot { try await source.snapshot(beside: held) }

    func follow(
        after id: ChangeID, in epoch: String, deliver: @Sendable (FeedMessage) async throws -> Void
    ) async throws {
        try await source.follow(after: id, in: epoch) { message in
            try await deliver(message)
            if case .changes(let changes) = message { latencies.add(changes) }
        }
    }

    func acknowledge(_ acknowledgement: Acknowledgement) async throws {
        try await source.acknowledge(acknowledgement)
    }

    func report(_ report: Report) async throws { try await source.report(report) }

    func close() async { await source.close() }
}
