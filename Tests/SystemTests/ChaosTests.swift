import Domain
import Foundation
import RedisStage
import TestTools
import Testing
import Worker

/// Whatever befalls server, Redis and workers, and in whatever order: in the end, with no hand on it, every worker
/// holds what the read models hold, and none has applied a change out of order or twice.
///
/// The order is drawn anew in every run; `BOTCONTROL_CHAOS_SEED` repeats one.
@Suite("Everything that may befall the feed", .serialized, .timeLimit(.minutes(3)))
struct ChaosTests {
    enum Blow: CaseIterable {
        case killServer, stopServer, restoreJournal
        case killRedis, stallRedis, emptyRedis, olderRedis, deleteHead, deleteStream, deleteState, trimStream
        case killWorker, killWorkerAndState, stallWorker, joinLate, trimBehind
    }

    private static let seed =
        ProcessInfo.processInfo.environment["BOTCONTROL_CHAOS_SEED"].flatMap { UInt64($0) }
        ?? .random(in: 0..<1_000_000)

    @Test func `leaves every worker with the same documents in the end`() async throws {
        let seed = Self.seed
        print("chaos of seed \(seed)")
        var random = SeededRandom(seed: seed)
        let stage = try await ChaosStage()
        for blow in Blow.allCases.shuffled(using: &random) {
            try await strike(blow, stage, &random)
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...500, using: &random)))
        }
        // While there is somebody who writes: each must follow again, not only take snapshots.
        for auditor in stage.auditors {
            let before = auditor.findings.changes
            let follows = await eventually { auditor.findings.changes > before }
            #expect(follows, "seed \(seed): \(auditor.plane.configuration.identity.name) no longer follows")
        }
        let taken = await stage.stopWriting()
        #expect(taken > 100, "seed \(seed): \(taken) commands were taken")
        let converged = try await stage.server.isFollowed(by: stage.workers.keys.sorted(), withinSeconds: 30)
        let workers = try await stage.server.send("GET", "/v1/admin/workers").json["data"]
        #expect(converged, "seed \(seed): \(workers?.text ?? "")")
        let digest = try await stage.server.digest
        for auditor in stage.auditors {
            let agrees = await eventually { auditor.digest == digest }
            let faults = auditor.findings.faults
            let name = auditor.plane.configuration.identity.name
            #expect(agrees, "seed \(seed): \(name) holds \(auditor.digest) where the server has \(digest)")
            #expect(faults == [], "seed \(seed): \(name)")
        }
        for worker in stage.workers.values { #expect(worker.isRunning, "seed \(seed): \(worker.name) has ended") }
        await stage.stop()
    }

    private func strike(_ blow: Blow, _ stage: ChaosStage, _ random: inout SeededRandom) async throws {
        let pause = Duration.milliseconds(Int.random(in: 200...1_500, using: &random))
        let worker = stage.workers.keys.sorted().randomElement(using: &random) ?? "r1"
        switch blow {
        case .killServer: try await stage.restartServer(with: SIGKILL)
        case .stopServer: try await stage.restartServer(with: SIGTERM)
        case .restoreJournal: try await stage.restoreJournal()
        case .killRedis:
            stage.redis.kill()
            try await Task.sleep(for: pause)
            try stage.redis.start()
        case .stallRedis:
            stage.redis.stall()
            try await Task.sleep(for: pause)
            stage.redis.goOn()
        case .emptyRedis: try stage.redis.send("FLUSHALL")
        case .olderRedis: try stage.restartRedisWithOlderFiles()
        case .deleteHead: try stage.tear("head")
        case .deleteStream: try stage.tear("stream")
        case .deleteState: try stage.tear("state")
        case .trimStream: try stage.tear("trim")
        case .killWorker: try stage.restart(worker, keepsState: true)
        case .killWorkerAndState: try stage.restart(worker, keepsState: false)
        case .stallWorker:
            stage.workers[worker]?.signal(SIGSTOP)
            try await Task.sleep(for: pause)
            stage.workers[worker]?.signal(SIGCONT)
        case .trimBehind:
            stage.network.stall([.down])
            for _ in 1...3 {
                try await Task.sleep(for: .milliseconds(300))
                try stage.tear("trim")
            }
            try await Task.sleep(for: .milliseconds(300))
            stage.network.goOn()
        case .joinLate: for name in ["r3", "h2"] { try stage.begin(name) }
        }
    }
}
