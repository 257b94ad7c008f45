import Dispatch
import Foundation
import Sandbox

/// How long an install takes from nothing to its first answer, and what many idle ones hold in memory.
struct IsolatesRun {
    let installs: Int

    func run() async throws {
        // The snapshot is made once in a worker's life.
        let stage = Stage()
        try await stage.pool.start()
        let cold = try await measure(stage, 0)
        let before = Self.residentBytes(of: stage.pool.processIDs)
        var warm: [UInt64] = []
        for number in 1...installs { warm.append(try await measure(stage, number)) }
        warm.sort()
        try await Task.sleep(for: .seconds(2))
        let each = (Self.residentBytes(of: stage.pool.processIDs) - before) / installs
        let median = Double(warm[warm.count / 2])
        print(
            """
            {"rate": \(1e9 / median), "p50_us": \(median / 1000), "p99_us": \(Double(warm[warm.count * 99 / 100]) / 1000), \
            "first_us": \(Double(cold) / 1000), "bytes_each": \(each)}
            """)
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
