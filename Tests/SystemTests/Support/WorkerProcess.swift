import Domain
import Foundation

/// A `botcontrol worker` of our own, ended by its id.
final class WorkerProcess: @unchecked Sendable {
    let name: String
    private let process = Process()

    /// - Parameters:
    ///   - state: the directory for its last known good state.
    ///   - extra: more arguments.
    init(
        name: String, feed: String, token: String? = nil, state: String? = nil, _ extra: [String] = []
    ) throws {
        self.name = name
        process.executableURL = URL(fileURLWithPath: Program.path)
        process.arguments =
            ["worker", "--feed", feed, "--name", name] + (token.map { ["--token", $0] } ?? [])
            + (state.map { ["--state", $0] } ?? []) + extra
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    var isRunning: Bool { process.isRunning }

    var processIdentifier: Int32 { process.processIdentifier }

    /// Its own children: those in which extensions run.
    var children: [Int32] {
        let parent = "\(process.processIdentifier)"
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.compactMap { Int32($0) }.filter { id in
            // "1234 (a name) S 1200 …": the name may hold anything.
            guard let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
                let end = stat.lastIndex(of: ")")
            else { return false }
            return stat[end...].split(separator: " ").dropFirst(2).first.map(String.init) == parent
        }
    }

    /// Stops and goes on, as a machine that is suspended.
    func signal(_ number: Int32) {
        if process.isRunning { kill(process.processIdentifier, number) }
    }

    /// - Returns: its exit status.
    @discardableResult
    func end(with number: Int32 = SIGTERM) -> Int32 {
        signal(number)
        process.waitUntilExit()
        return process.terminationStatus
    }

    deinit {
        signal(SIGKILL)
    }
}

extension ServerProcess {
    /// Waits until workers of these names, and no others, are live and stand where the server stands, with equal
    /// digests.
    func isFollowed(by names: [String], withinSeconds limit: Double = 60) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(limit)
        while ContinuousClock.now < end {
            let answer = try await send("GET", "/v1/admin/workers").json
            let rows = (answer["data"]?.array ?? []).filter { $0["state"] == "live" && $0["digest_equal"] == true }
            let head = answer["meta"]?["head"]
            if Set(rows.filter { $0["applied"] == head }.compactMap { $0["worker"]?.string }) == Set(names) {
                return true
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }
}

extension WorkerProcess {
    /// What it has in memory now.
    var residentBytes: Int {
        let status = (try? String(contentsOfFile: "/proc/\(processIdentifier)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return (line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0) * 1024
    }
}
