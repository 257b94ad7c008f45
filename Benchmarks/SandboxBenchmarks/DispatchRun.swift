import Dispatch
import Foundation
import Sandbox

/// How many calls of one handler go through one child in a second.
struct DispatchRun {
    let seconds: Double, inFlight: Int

    func run() async throws {
        let stage = Stage()
        _ = try await stage.pool.load(Stage.program(1))
        for _ in 0..<2000 { try await stage.runChecked(1) }
        let started = DispatchTime.now().uptimeNanoseconds
        let end = started + UInt64(seconds * 1e9)
        let latencies = try await withThrowingTaskGroup(of: [UInt32].self) { group in
            for _ in 0..<inFlight { group.addTask { try await Self.calls(of: stage, until: end) } }
            return try await group.reduce(into: [UInt32]()) { $0 += $1 }
        }.sorted()
        let elapsed = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
        let at = { (part: Double) in Double(latencies[Int(Double(latencies.count - 1) * part)]) / 1000 }
        print(
            """
            {"rate": \(Double(latencies.count) / elapsed), "p50_us": \(at(0.5)), "p99_us": \(at(0.99)), \
            "max_us": \(at(1))}
            """)
    }

    private static func calls(of stage: Stage, until end: UInt64) async throws -> [UInt32] {
        var latencies: [UInt32] = []
        latencies.reserveCapacity(1 << 18)
        let call = Stage.call(1)
        var now = DispatchTime.now().uptimeNanoseconds
        while now < end {
            try await stage.runChecked(call)
            let after = DispatchTime.now().uptimeNanoseconds
            latencies.append(UInt32(clamping: after - now))
            now = after
        }
        return latencies
    }
}
