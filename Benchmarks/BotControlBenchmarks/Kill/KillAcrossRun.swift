import ArgumentParser
import Domain
import Foundation
import Logging
import ServiceLifecycle

/// Kills one install after the other by `POST /v1/bot-modules/kill` while a worker process acts on every line for it,
/// and measures how long after the event's `recorded_at` the last of its actions came in at the platform.
///
/// An install does twenty things a minute. So every round has an account of its own, and its lines lie closer together
/// the nearer they are to the kill: each gap is a third longer than the one before it.
struct KillAcrossRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "kill-across")
    private static let linesBefore = 2, linesAfter = 16
    private static let gapGrowth = 1.3

    @Option(help: "The server that takes the kills.") var server: String
    @Option(help: "Of a system administrator.") var token: String
    @Option(help: "Of somebody who may submit extensions for the account bench_author.") var author: String
    @Option(help: "A system key for the feed over HTTP.") var key: String
    @Option(help: "Where the botcontrol is that the worker is run from.") var program: String
    @Option(help: "The worker follows this Redis; the server itself when absent.") var redis: String?
    @Option(help: "A free port, for what stands where Twitch is.") var sinkPort: Int
    @Option var count = 100
    @Option(help: "Between the first lines after the kill; a slow build wants more.") var gapMs = 0.25

    func run() async throws {
        let sink = DeedSink(), control = KillServer(address: server, admin: token, author: author)
        let quiet = Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            let service = sink.service(port: sinkPort, logger: quiet)
            group.addTask { try await service.run() }
            let worker = try KillWorker(program: program, feed: redis ?? server, key: key, sinkPort: sinkPort)
            defer { worker.end() }
            let extensionID = try await control.publish()
            var latencies: [UInt32] = []
            let started = ContinuousClock.now
            for round in 0..<count {
                let install = try await control.prepare(round, extensionID)
                latencies.append(try await kill(round, install, control, worker, sink))
            }
            RunReport.write(
                suite: "kill", latencies: latencies, seconds: (ContinuousClock.now - started) / .seconds(1), callers: 1)
            group.cancelAll()
        }
    }

    private struct Useless: Error, CustomStringConvertible {
        let description: String
    }

    /// - Returns: nanoseconds, 0 when nothing came in after the change.
    private func kill(
        _ round: Int, _ install: String, _ control: KillServer, _ worker: KillWorker, _ sink: DeedSink
    ) async throws -> UInt32 {
        let account = control.account(round)
        try worker.say(0, in: round, of: account)
        for _ in 0..<1_000 where sink.deeds(of: round).count == 0 { try await Task.sleep(for: .milliseconds(10)) }
        guard sink.deeds(of: round).count == 1 else { throw Useless(description: "the extension does nothing") }
        for line in 1...Self.linesBefore {
            try worker.say(line, in: round, of: account)
            try await Task.sleep(for: .milliseconds(gapMs))
        }
        async let recorded = control.kill(install)
        var gap = Duration.milliseconds(gapMs)
        for line in 1...Self.linesAfter {
            try worker.say(Self.linesBefore + line, in: round, of: account)
            try await Task.sleep(for: gap)
            gap = gap * Self.gapGrowth
        }
        let killedAt = try await recorded
        try await Task.sleep(for: .milliseconds(50))
        let deeds = sink.deeds(of: round)
        guard deeds.lastLine < Self.linesBefore + Self.linesAfter else {
            throw Useless(description: "the kill came after the last line: give more with --gap-ms")
        }
        return UInt32(clamping: max(0, deeds.lastAt.microseconds - killedAt.microseconds) * 1000)
    }
}
