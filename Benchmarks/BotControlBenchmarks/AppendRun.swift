import ArgumentParser
import Domain
import EventStore
import Foundation
import Transparency

/// Appends single events from so many callers at once, each to streams of its own and with the revision it expects.
struct AppendRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "append")

    @Option(help: "An empty directory.") var db: String
    @Option var callers = 16
    @Option var seconds = 5.0
    @Option var streams = 10_000
    @Flag(help: "Keep an answer with each append.") var idempotency = false
    @Flag(help: "Let the log's tiles and signatures follow, as a server does.") var tiles = false

    func run() async throws {
        let journal = try Journal.open(directory: db, options: .init(now: { WallClock.system.now.microseconds }))
        let follower = tiles ? try follow(journal) : nil
        let deadline = DispatchTime.now().uptimeNanoseconds + UInt64(seconds * 1e9)
        let share = max(1, streams / callers)
        let started = DispatchTime.now().uptimeNanoseconds
        let latencies = try await withThrowingTaskGroup(of: [UInt32].self) { group in
            for caller in 0..<callers {
                group.addTask {
                    try await Caller(journal: journal, first: caller * share, count: share, keeps: idempotency)
                        .run(until: deadline)
                }
            }
            return try await group.reduce(into: [UInt32]()) { $0 += $1 }
        }
        let elapsed = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
        follower?.cancel()
        try await follower?.value
        journal.close()
        RunReport.write(suite: "append", latencies: latencies, seconds: elapsed, callers: callers)
    }

    /// A pass each second, as a server's.
    private func follow(_ journal: Journal) throws -> Task<Void, any Error> {
        let signer = try LogKeyFile(directory: db).open(for: journal, epoch: journal.epoch, origin: nil)
        let log = try MerkleLog(journal: journal, directory: db, signer: signer)
        return Task.detached(priority: .utility) {
            while !Task.isCancelled {
                try log.publish()
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    private struct Caller {
        let journal: Journal
        let first: Int, count: Int
        let keeps: Bool

        /// Nanoseconds of each append.
        func run(until deadline: UInt64) async throws -> [UInt32] {
            var revisions = Array(repeating: -1, count: count)
            let streams = (0..<count).map { EntityID.bot(Payload.account(first + $0), .twitch) }.map {
                StreamID(category: $0.category.rawValue, key: $0.key, account: $0.account?.rawValue)
            }
            var random = Scatter(state: UInt64(first + 1))
            var latencies: [UInt32] = []
            var now = DispatchTime.now().uptimeNanoseconds
            while now < deadline {
                let index = Int(random.next() % UInt64(count))
                let event = Payload.event(microseconds: WallClock.system.now.microseconds)
                let expected: ExpectedRevision = revisions[index] < 0 ? .noStream : .exactly(revisions[index])
                _ = try await journal.append(
                    [event], to: streams[index], expected: expected, idempotency: keeps ? record(event) : nil)
                revisions[index] += 1
                let end = DispatchTime.now().uptimeNanoseconds
                latencies.append(UInt32(clamping: end - now))
                now = end
            }
            return latencies
        }

        private func record(_ event: NewEvent) -> IdempotencyRecord {
            let hash = Hash(of: event.metadata)
            return IdempotencyRecord(key: hash, fingerprint: hash, status: 200) { result in
                Array(#"{"changed":true,"position":\#(result.position)}"#.utf8)
            }
        }
    }
}

/// xorshift64*, as the floor's: stream choices must be scattered, not secret.
private struct Scatter {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D >> 8
    }
}

/// The one line that a run prints.
enum RunReport {
    static func write(suite: String, latencies: [UInt32], seconds: Double, callers: Int) {
        let sorted = latencies.sorted()
        func percentile(_ share: Double) -> Double {
            sorted.isEmpty ? 0 : Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1000
        }
        let fields = [
            #""suite":"\#(suite)""#, #""side":"ours""#, #""callers":\#(callers)"#, #""events":\#(sorted.count)"#,
            #""seconds":\#(seconds)"#, #""rate":\#(Double(sorted.count) / seconds)"#, #""p50_us":\#(percentile(0.5))"#,
            #""p99_us":\#(percentile(0.99))"#,
        ]
        print("{\(fields.joined(separator: ","))}")
    }
}
