import ArgumentParser
import Domain
import EventStore
import Foundation
import Projections

/// Looks back from a prepared journal: one account, and the whole board, each at positions of all ages.
struct AsOfRun: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "asof")

    @Option(help: "A directory that `prepare` has filled; its snapshots are made first.") var journal: String
    @Option(help: "What is looked at: account or board.") var what = Subject.account
    @Option(help: "How often.") var count = 200
    @Option(help: "Accounts that there are.") var accountCount = 10_000

    enum Subject: String, ExpressibleByArgument { case account, board }

    func run() throws {
        let source = try Journal.open(directory: journal)
        let readModels = try ReadModels.open(journal: source, keepsChanges: false)
        defer {
            source.close()
            readModels.close()
        }
        let history = History(journal: source, epoch: source.epoch, directory: journal)
        let (snapshots, bytes, seconds) = try prepare(history, readModels)
        // Not measured: in a process's life every snapshot's bytes are looked at once.
        for position in stride(from: 1, through: source.head, by: 4096) {
            try history.read(at: position) { _ = try $0.account(Payload.account(0)) }
        }
        let latencies = try latencies(history, head: source.head)
        let fields = [
            #""suite":"asof""#, #""side":"ours""#, #""what":"\#(what)""#, #""events":\#(source.head)"#,
            #""rate":\#(Double(latencies.count) / latencies.reduce(0, +) * 1e6)"#,
            #""p50_us":\#(latencies[latencies.count / 2])"#, #""p99_us":\#(latencies[latencies.count * 99 / 100])"#,
            #""snapshots":\#(snapshots)"#, #""snapshot_bytes":\#(bytes)"#, #""snapshot_seconds":\#(seconds)"#,
        ]
        print("{\(fields.joined(separator: ","))}")
    }

    private func prepare(_ history: History, _ readModels: ReadModels) throws -> (Int, Int, Double) {
        let keeper = SnapshotKeeper(history, readModels)
        let started = DispatchTime.now().uptimeNanoseconds
        try keeper.open()
        while case .made = try keeper.step() {}
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
        let folder = journal + "/snapshots"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        let bytes = try names.reduce(0) { sum, name in
            sum + (try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")[.size] as? Int ?? 0)
        }
        return (names.count, bytes, seconds)
    }

    /// Microseconds, sorted; at positions over the whole journal, in no order.
    private func latencies(_ history: History, head: Int) throws -> [Double] {
        try (0..<max(1, count)).map { number in
            let position = (number + 1) * 15_485_863 % head + 1
            let started = DispatchTime.now().uptimeNanoseconds
            try history.read(at: position) { past in
                switch what {
                case .account: try account(Payload.account(number * 7919 % accountCount), past)
                case .board: try board(past)
                }
            }
            return Double(DispatchTime.now().uptimeNanoseconds - started) / 1000
        }.sorted()
    }

    private func account(_ id: AccountID, _ past: PastReadModels) throws {
        _ = try past.statuses(StatusFilter(account: id), offset: 0, limit: 25)
        _ = try past.botModules(of: id)
        for platform in Platform.allCases { _ = try past.provider(platform) }
    }

    /// A page and how many there are, of all and of those that are paused.
    private func board(_ past: PastReadModels) throws {
        for status in [nil, BotStatus.paused] {
            _ = try past.statuses(StatusFilter(status: status), offset: 0, limit: 25)
        }
        for platform in Platform.allCases { _ = try past.provider(platform) }
    }
}
