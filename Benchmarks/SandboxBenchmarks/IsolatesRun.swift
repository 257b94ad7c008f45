import Dispatch
import Foundation
import JavaScript
import Sandbox

/// How long an install takes from nothing to its first answer, and what many idle ones hold in memory.
struct IsolatesRun {
    let installs: Int

    func run() async throws {
        let stage = Stage()
        // Everything: the snapshot, the process, the isolate, the program, the call.
        let first = try await measure(stage, 0)
        let before = Self.residentBytes(of: stage.pool.processIDs)
        var cold: [UInt64] = []
        for number in 1...installs { cold.append(try await measure(stage, number)) }
        cold.sort()
        try await Task.sleep(for: .seconds(2))
        let each = (Self.residentBytes(of: stage.pool.processIDs) - before) / installs
        stage.pool.close()
        let starts = try await Self.starts(count: installs).sorted()
        let median = Double(starts[starts.count / 2])
        print(
            """
            {"rate": \(1e9 / median), "p50_us": \(median / 1000), \
            "p99_us": \(Double(starts[starts.count * 99 / 100]) / 1000), \
            "install_p50_us": \(Double(cold[cold.count / 2]) / 1000), \
            "install_p99_us": \(Double(cold[cold.count * 99 / 100]) / 1000), \
            "first_us": \(Double(first) / 1000), "bytes_each": \(each)}
            """)
    }

    /// Isolates alone, as the sandbox makes them.
    private static func starts(count: Int) async throws -> [UInt64] {
        try JavaScriptEngine.start(.untrusted, moreFlags: SandboxChild.flags)
        let snapshot = try Snapshot.make(script: AuthorModule.source, warmUp: AuthorModule.warmUp)
        return try await IsolateThread().perform { lane in
            let host = Nothing()
            var isolates: [Isolate] = []
            var times: [UInt64] = []
            for _ in 0...count {
                let began = DispatchTime.now().uptimeNanoseconds
                isolates.append(
                    Isolate(on: lane, from: snapshot, limits: SandboxChild.isolateLimits(.init()), host: host))
                times.append(DispatchTime.now().uptimeNanoseconds - began)
            }
            isolates = []
            return Array(times.dropFirst())
        }
    }

    private final class Nothing: IsolateHost {
        func call(_ function: UInt32, _ arguments: HostArguments) -> HostReply { .undefined }
        func module(_ specifier: String, importedBy referrer: String) -> HostModule { .missing("there is none") }
    }

    private func measure(_ stage: Stage, _ number: Int) async throws -> UInt64 {
        let began = DispatchTime.now().uptimeNanoseconds
        _ = try await stage.pool.load(Stage.program(number))
        try await stage.runChecked(number)
        return DispatchTime.now().uptimeNanoseconds - began
    }

    private static func residentBytes(of processes: [Int32]) -> Int {
        processes.reduce(0) { sum, process in
            let text = (try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8)) ?? ""
            let fields = text.split(separator: " ")
            return sum + (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
        }
    }
}
