import Domain
import Foundation
import Redis
import RedisStage
import Synchronization
import Worker

/// A server, its Redis and its workers as processes, somebody who writes all the while, and what may befall them.
final class ChaosStage {
    let redis: RedisServer
    /// Between Redis and the auditor that follows it.
    let network: StallingProxy
    private(set) var server: ServerProcess
    private(set) var workers: [String: WorkerProcess] = [:]
    let auditors: [AuditedWorker]
    private let folder = TemporaryFolder()
    private let port: Int
    private let token: String
    private let writer: Writer
    private let writing: Task<Int, Never>

    private var data: String { folder.path + "/data" }
    private var backup: String { folder.path + "/backup" }
    private var olderFiles: String { redis.file("older") }

    init() async throws {
        redis = try RedisServer(["--appendonly", "yes", "--appendfsync", "always"])
        network = try StallingProxy(to: redis.port)
        port = try RedisServer.freePort()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let data = folder.path + "/data"
        let arguments = Self.arguments(port, redis)
        server = try await ServerProcess(data: data, arguments: arguments + ["--demo"])
        _ = try Program.run(["journal", "backup", "--data", data, folder.path + "/backup"])
        token = try Program.run(["token", "--data", data, "--subject", "w", "--system-key"]).output
            .trimmingCharacters(in: .whitespacesAndNewlines)
        auditors = [
            try AuditedWorker(name: "r0", source: RedisFeed(RedisURL(host: "127.0.0.1", port: network.port))),
            try AuditedWorker(name: "h0", source: HTTPFeed(server: "http://127.0.0.1:\(port)", token: token)),
        ]
        let writer = Writer(server)
        (self.writer, writing) = (writer, Task { await writer.run() })
        try FileManager.default.copyItem(atPath: redis.file("appendonlydir"), toPath: redis.file("older"))
        for name in ["r1", "r2", "h1"] { try begin(name) }
    }

    private static func arguments(_ port: Int, _ redis: RedisServer) -> [String] {
        ["--port", "\(port)", "--redis", "redis://127.0.0.1:\(redis.port)"]
    }

    /// - Parameter name: begins with `r` for one over Redis, with `h` for one over HTTP.
    func begin(_ name: String) throws {
        let overRedis = name.hasPrefix("r")
        workers[name] = try WorkerProcess(
            name: name, feed: overRedis ? "redis://127.0.0.1:\(redis.port)" : "http://127.0.0.1:\(port)",
            token: overRedis ? nil : token, state: state(name))
    }

    private func state(_ name: String) -> String { folder.path + "/state-" + name }

    /// Kills the worker and brings it back.
    func restart(_ name: String, keepsState: Bool) throws {
        workers[name]?.end(with: SIGKILL)
        if !keepsState { try? FileManager.default.removeItem(atPath: state(name)) }
        try begin(name)
    }

    func restartServer(with signal: Int32) async throws {
        writer.write(to: nil)
        server.end(with: signal)
        server = try await ServerProcess(data: data, arguments: Self.arguments(port, redis))
        writer.write(to: server)
    }

    /// As an operator does it: an older copy of the journal, which is a new line of history, and the same keys.
    func restoreJournal() async throws {
        writer.write(to: nil)
        server.end(with: SIGKILL)
        let former = folder.path + "/former"
        try FileManager.default.moveItem(atPath: data, toPath: former)
        _ = try Program.run(["journal", "restore", "--data", data, backup])
        try FileManager.default.copyItem(atPath: former + "/signing.key", toPath: data + "/signing.key")
        server = try await ServerProcess(data: data, arguments: Self.arguments(port, redis))
        writer.write(to: server)
    }

    func restartRedisWithOlderFiles() throws {
        redis.kill()
        let files = redis.file("appendonlydir")
        try FileManager.default.removeItem(atPath: files)
        try FileManager.default.copyItem(atPath: olderFiles, toPath: files)
        try redis.start()
    }

    /// Deletes some of what Redis holds of the feed, or trims it.
    func tear(_ what: String) throws {
        let head = RedisCommand("HMGET", "{lumio}:head", "epoch", "generation")
        let words = try RedisSession(redis.url).send(head).array?.compactMap(\.text) ?? []
        guard words.count == 2 else { return }
        let keys = FeedKeys(), generation = FeedGeneration(epoch: words[0], number: Int(words[1]) ?? 0)
        switch what {
        case "head": try redis.send("DEL", keys.head)
        case "stream": try redis.send("DEL", keys.stream(generation))
        case "state": try redis.send("DEL", keys.state(generation, .bot))
        default: try redis.send("XTRIM", keys.stream(generation), "MAXLEN", "0")
        }
    }

    /// - Returns: how many commands were taken.
    func stopWriting() async -> Int {
        writer.stop()
        return await writing.value
    }

    func stop() async {
        for auditor in auditors { await auditor.stop() }
        for worker in workers.values { worker.end() }
        server.end(with: SIGTERM)
        network.close()
        redis.stop()
    }
}

/// Sends commands as fast as they are answered, while there is a server.
private final class Writer: Sendable {
    private static let platforms = ["twitch", "youtube", "kick", "discord"]
    private static let accounts = ["acct_aurora", "acct_basil", "acct_comet"]

    private let server: Mutex<ServerProcess?>
    private let isStopped = Atomic(false)

    init(_ server: ServerProcess) { self.server = Mutex(server) }

    func write(to server: ServerProcess?) { self.server.withLock { $0 = server } }

    /// To cancel its task instead can stand still for ever: Foundation's URLSession then waits for a queue that may be
    /// waiting for the task.
    func stop() { isStopped.store(true, ordering: .relaxed) }

    /// - Returns: how many were taken.
    func run() async -> Int {
        var taken = 0, step = 0
        while !isStopped.load(ordering: .relaxed) {
            step += 1
            let account = Self.accounts[step % 3], platform = Self.platforms[step / 3 % 4]
            let answer = try? await server.withLock { $0 }?.send(
                "PUT", "/v1/admin/bot-control/\(account)/\(platform)", #"{"paused": \#(step / 12 % 2 == 0)}"#)
            if answer?.status == 200 { taken += 1 }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return taken
    }
}
