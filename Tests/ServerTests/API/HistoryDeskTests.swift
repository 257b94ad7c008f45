import Domain
import EventStore
import Foundation
import Projections
import Synchronization
import TestTools
import Testing

@testable import Server

/// Counts by name, from everywhere.
private final class Tally: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    subscript(_ name: String) -> Int { counts.withLock { $0[name] ?? 0 } }

    func add(_ name: String, _ count: Int = 1) {
        counts.withLock { counts in
            counts[name, default: 0] += count
            counts[name + ", at most"] = max(counts[name + ", at most"] ?? 0, counts[name] ?? 0)
        }
    }
}

@Suite("The desk where the past is read")
struct HistoryDeskTests {
    private static func caller(_ id: String) -> Caller {
        Caller(
            actor: Actor(kind: .user, id: id), account: nil, role: nil, permissions: [], isSystemAdmin: false,
            isSystemKey: false)
    }

    private func withDesk(_ threads: Int, _ body: (HistoryDesk) async throws -> Void) async throws {
        let directory = try TemporaryDirectory()
        let journal = try Journal.open(directory: directory.path)
        let desk = HistoryDesk(
            History(journal: journal, epoch: journal.epoch, directory: directory.path), threads: threads)
        try await body(desk)
        desk.close()
        journal.close()
    }

    @Test func `has few at a time, however many ask`() async throws {
        try await withDesk(2) { desk in
            let tally = Tally()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        try await desk.run(for: Self.caller("u\(number % 20)")) { _ in
                            tally.add("now")
                            Thread.sleep(forTimeInterval: 0.002)
                            tally.add("now", -1)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect((1...2).contains(tally["now, at most"]))
        }
    }

    @Test func `refuses a caller who takes it for himself, and all when it is full`() async throws {
        try await withDesk(1) { desk in
            let gate = DispatchSemaphore(value: 0), codes = Tally()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<(HistoryDesk.waitingMax + 40) {
                    let id = number < 20 ? "greedy" : "u\(number)"
                    group.addTask {
                        do {
                            try await desk.run(for: Self.caller(id)) { _ in gate.wait() }
                        } catch let error as APIError {
                            codes.add(error.code)
                        }
                    }
                }
                // Some refusals come before anybody is done.
                while codes["rate_limited"] < 12 || codes["overloaded"] < 1 {
                    try await Task.sleep(for: .milliseconds(5))
                }
                for _ in 0..<(HistoryDesk.waitingMax + 40) { gate.signal() }
                try await group.waitForAll()
            }
            #expect(codes["rate_limited"] == 12)
            // It is free again.
            #expect(try await desk.run(for: Self.caller("greedy")) { _ in 7 } == 7)
        }
    }

    @Test func `lets everybody go when it closes`() async throws {
        try await withDesk(1) { desk in
            let gate = DispatchSemaphore(value: 0), isRunning = DispatchSemaphore(value: 0)
            let first = Task {
                try await desk.run(for: Self.caller("a")) { _ in
                    isRunning.signal()
                    gate.wait()
                }
            }
            while isRunning.wait(timeout: .now()) != .success { try await Task.sleep(for: .milliseconds(5)) }
            let second = Task { try await desk.run(for: Self.caller("b")) { _ in } }
            try await Task.sleep(for: .milliseconds(50))
            desk.close()
            await #expect(throws: APIError.self) { try await second.value }
            gate.signal()
            try await first.value
            await #expect(throws: APIError.self) { try await desk.run(for: Self.caller("c")) { _ in } }
        }
    }
}

@Suite("Snapshots of a running server")
struct HistoryUpkeepTests {
    @Test func `are made as the journal grows, and used again after a restart`() async throws {
        let directory = try TemporaryDirectory(), folder = directory.path + "/snapshots"
        @Sendable func positions() -> [Int] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return names.filter { $0.hasSuffix(".sqlite") }.compactMap { Int($0.prefix { $0 != "." }) }.sorted()
        }
        try await APIServer.run(in: directory, { $0.snapshotSpacing = 4 }) { server in
            for number in 1...9 { try await server.register("acct_\(number)") }
            while positions() != [4, 8] { try await Task.sleep(for: .milliseconds(20)) }
            for number in 10...12 { try await server.register("acct_\(number)") }
            while positions() != [4, 8, 12] { try await Task.sleep(for: .milliseconds(20)) }
            #expect(try await server.get("/v1/admin/accounts?as_of=10").meta["total"] == 10)
        }
        // What stands between half written files and a server that begins.
        try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/16.part"))
        try await APIServer.run(in: directory, { $0.snapshotSpacing = 4 }) { server in
            for position in 0...12 {
                let page = try await server.get("/v1/admin/accounts?as_of=\(position)")
                #expect(page.meta["total"] == .integer(position))
            }
            while FileManager.default.fileExists(atPath: folder + "/16.part") {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }
}
